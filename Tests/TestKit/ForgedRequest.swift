import Crypto
import Licensing
package import TransferCodes

/// Request codes that no vault made: built from what the specification says alone.
package enum ForgedRequest {
    /// A request with any point at all and the right authenticator, as whoever has the start code can make it.
    package static func request(
        flags: UInt8 = 0, point: [UInt8], answering start: StartCode
    ) throws -> RequestCode {
        let header = try CodeHeader(.request, flags: flags)
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: start.offerSecret), info: Array("alm/1/request".utf8),
            outputByteCount: 32)
        let hash = SHA256.hash(data: start.certificate)
        let code = HMAC<SHA256>.authenticationCode(for: header.bytes + Array(hash) + point, using: key)
        return try RequestCode(
            flags: flags, point: point, mac: leadingBits(RequestCode.macBitCount, of: Array(code)) ?? [])
    }

    /// A request whose authenticator is a guess, and not the right one: `request` with the `attempt`th pattern XORed
    /// into it; 0 is the right one.
    package static func guess(_ attempt: Int, at request: RequestCode) throws -> RequestCode {
        var mac = request.mac
        mac[0] ^= UInt8(truncatingIfNeeded: attempt)
        mac[1] ^= UInt8(truncatingIfNeeded: attempt >> 8)
        return try RequestCode(flags: request.flags, point: request.point, mac: mac)
    }
}
