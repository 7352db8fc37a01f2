package import Licensing
package import TransferCodes
package import Vaults

extension TransferExchange {
    /// What the source reaches with a key, the secret of its start code, and a request that answers that.
    package init(
        of seed: Seed, _ certificate: Certificate, offerSecret: [UInt8], _ request: RequestCode
    ) throws {
        let point = try CurvePoint(request.point)
        try self.init(
            seed.agreementKey, with: point, certificate: certificate, offerSecret: offerSecret,
            requestHeader: request.header, point: point)
    }
}
