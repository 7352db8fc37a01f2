package import TransferCodes
package import Vaults

/// A code of another kind than it has to be, or none.
package struct WrongCode: Error {
    /// What there is instead.
    package let found: TransferCode?
}

extension TransferCode {
    /// The code, which has to be a start code with its certificate.
    package var startCode: StartCode {
        get throws { if case .start(let code) = self { code } else { throw WrongCode(found: self) } }
    }

    /// The code, which has to be a request code.
    package var requestCode: RequestCode {
        get throws { if case .request(let code) = self { code } else { throw WrongCode(found: self) } }
    }

    /// The code, which has to be an activation code.
    package var activationCode: ActivationCode {
        get throws { if case .activation(let code) = self { code } else { throw WrongCode(found: self) } }
    }

    /// The code, which has to be a return code.
    package var returnCode: ReturnCode {
        get throws { if case .returning(let code) = self { code } else { throw WrongCode(found: self) } }
    }

    /// The code, which has to be a receipt code.
    package var receiptCode: ReceiptCode {
        get throws { if case .receipt(let code) = self { code } else { throw WrongCode(found: self) } }
    }
}

/// The same of the answer to a step, which has to have a code.
extension TransferAnswer {
    package var startCode: StartCode { get throws { try shown.startCode } }
    package var requestCode: RequestCode { get throws { try shown.requestCode } }
    package var activationCode: ActivationCode { get throws { try shown.activationCode } }
    package var returnCode: ReturnCode { get throws { try shown.returnCode } }
    package var receiptCode: ReceiptCode { get throws { try shown.receiptCode } }

    private var shown: TransferCode {
        get throws { if let code { code } else { throw WrongCode(found: nil) } }
    }
}
