import CLinux
import Glibc
import Licensing

/// The factors of one directory on one machine, as far as the file system gives them.
struct AnchorIdentity: Equatable, Sendable {
    /// The factors' values in the form that is hashed: big-endian, each kind in its own fixed form.
    let values: [AnchorFactor: [UInt8]]

    init(values: [AnchorFactor: [UInt8]]) { self.values = values }

    /// Reads the identity of an open directory.
    ///
    /// A file system that does not know a factor leaves it out; only a failing disk is an error.
    init(of directory: borrowing Descriptor, on machine: MachineIdentity?) throws(SystemCallFailure) {
        let status = try directory.status()
        var values: [AnchorFactor: [UInt8]] = [:]
        values[.machine] = machine.map { Array($0.text.utf8) }
        var inode = BinaryWriter()
        inode.write(status.inode)
        values[.inode] = inode.bytes
        if let birth = status.birth {
            var time = BinaryWriter()
            time.write(UInt64(bitPattern: birth.seconds))
            time.write(birth.nanoseconds)
            values[.birthTime] = time.bytes
        }
        values[.generation] = try Self.generation(of: directory)
        values[.fileHandle] = try Self.handle(of: directory)
        self.values = values
    }

    private static func generation(of directory: borrowing Descriptor) throws(SystemCallFailure) -> [UInt8]? {
        var number: UInt32 = 0
        let result = clinux_generation(directory.number, &number)
        guard try isGiven(result, "ioctl FS_IOC_GETVERSION", directory) else { return nil }
        var generation = BinaryWriter()
        generation.write(number)
        return generation.bytes
    }

    private static func handle(of directory: borrowing Descriptor) throws(SystemCallFailure) -> [UInt8]? {
        var type: Int32 = 0
        var bytes = [UInt8](repeating: 0, count: Int(CLINUX_FILE_HANDLE_MAXIMUM))
        var length = UInt32(CLINUX_FILE_HANDLE_MAXIMUM)
        let result = clinux_file_handle(directory.number, &type, &bytes, &length)
        guard try isGiven(result, "name_to_handle_at", directory) else { return nil }
        var handle = BinaryWriter()
        handle.write(UInt32(bitPattern: type))
        handle.write(short: bytes.prefix(Int(length)))
        return handle.bytes
    }

    /// Whether the call succeeded; false where the file system, the kernel or a sandbox does not offer it.
    private static func isGiven(
        _ result: Int32, _ call: String, _ directory: borrowing Descriptor
    ) throws(SystemCallFailure) -> Bool {
        switch result {
        case 0: true
        case ENOTTY, EOPNOTSUPP, ENOSYS, EINVAL, EPERM, EOVERFLOW: false
        default: throw SystemCallFailure(call: call, name: directory.name, number: result)
        }
    }
}
