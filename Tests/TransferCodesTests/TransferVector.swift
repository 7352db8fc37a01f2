/// One vector of the cryptography: a whole transfer, or one step of it with what its vault holds.
struct TransferVector {
    /// The file's name without its ending.
    var name: String
    /// What stands in it.
    var file: VectorFile
}
