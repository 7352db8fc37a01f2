import CLinux
import Glibc

/// Keeps a gadget's name for one process; given up by the kernel where the process is killed.
package final class GadgetLock {
    private let file: OpenFile

    fileprivate init(_ file: consuming OpenFile) { self.file = file }

    /// Gives the name up.
    package func release() { _ = clinux_unlock(file.descriptor) }
}

extension GadgetFolders {
    /// Takes the gadget's name, or says that another process has it.
    package func lock(_ name: GadgetName) throws(GadgetError) -> GadgetLock {
        do throws(SystemCallFailure) {
            if !SystemCall.exists(places.runtime) { try SystemCall.makeDirectory(places.runtime) }
            let file = try OpenFile(plan.lock, O_RDWR | O_CREAT, mode: 0o600)
            switch clinux_lock_exclusively(file.descriptor) {
            case 0: return GadgetLock(file)
            case EAGAIN, EACCES: break
            case let number: throw SystemCallFailure(call: "lock", path: plan.lock, number: number)
            }
        } catch {
            throw GadgetError(error)
        }
        throw .nameBusy(name)
    }
}
