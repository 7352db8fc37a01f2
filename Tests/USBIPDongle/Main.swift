import DongleProtocol
import Dongles
import Foundation
import Synchronization
import VaultStore
import Vaults

/// A dongle on the kernel's virtual host controller, for tests: `USBIPDongle FOLDER…`, one dongle for each vault.
///
/// It does what the lines of its standard input say, and answers each with a line of its own:
///
///     plug SERIAL [FAULT]    plugged in SERIAL, or: error …
///     unplug SERIAL          pulled out SERIAL, once the device side has ended
///
/// A fault, such as `pull-before` or `pull-within:2`, is one of the steps of transfers alone, so that it happens in the
/// step that is tried and not in what the daemon asks around it. A cable that it pulled is unplugged by the same word.
/// At the input's end every cable is pulled.
@main
enum Main {
    static func main() throws {
        var dongles: [String: VirtualDongle] = [:]
        for folder in CommandLine.arguments.dropFirst() {
            let dongle = try VirtualDongle(folder)
            dongles[dongle.device.serial.description] = dongle
        }
        var port = 0
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 2, let dongle = dongles[words[1]] else {
                say("error: \(line)")
                continue
            }
            switch words[0] {
            case "plug":
                let fault = words.count > 2 ? CableFault(words[2]) : nil
                // The kernel takes its time to make a port free, so that each plug goes to the next one.
                do {
                    try dongle.plug(port: port, fault: fault)
                    say("plugged in \(words[1])")
                } catch {
                    say("error: \(error)")
                }
                port = (port + 1) % VirtualPort.count
            case "unplug":
                dongle.unplug()
                say("pulled out \(words[1])")
            default: say("error: \(line)")
            }
        }
        for dongle in dongles.values { dongle.unplug() }
    }

    /// Writes a line at once: whoever gave the command waits for it.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// One vault, plugged in and pulled out any number of times.
final class VirtualDongle: @unchecked Sendable {
    // Safe because the device is used by one thread at a time: the one that serves the cable, which `unplug` joins
    // before another one begins.
    let device: DongleDevice
    private let socket = Mutex<Int32?>(nil)
    private var ended: DispatchSemaphore?

    init(_ folder: String) throws {
        device = try DongleDevice(
            try SQLiteVault.open(
                dongleIn: folder, machine: .ofThisMachine(),
                random: { count in
                    var generator = SystemRandomNumberGenerator()
                    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                }))
    }

    /// Plugs in at a port.
    func plug(port: Int, fault: CableFault?) throws {
        unplug()
        let socket = try VirtualPort.plug(port)
        self.socket.withLock { $0 = socket }
        let ended = DispatchSemaphore(value: 0)
        self.ended = ended
        // Ends with the cable; `unplug` waits for it.
        Thread.detachNewThread { [self] in
            let control = ControlPipe(serial: device.serial, identity: .standard)
            VirtualPort.serve(USBIPDevice(control, device, fault: fault), at: socket)
            self.socket.withLock { $0 = nil }
            close(socket)
            ended.signal()
        }
    }

    /// Pulls the cable, and waits until the device side has ended.
    func unplug() {
        guard let ended else { return }
        socket.withLock { descriptor in
            if let descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        ended.wait()
        self.ended = nil
    }
}
