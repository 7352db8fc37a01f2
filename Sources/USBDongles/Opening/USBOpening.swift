import Vaults

/// Opens a device and makes sure that it is a dongle. What it does not finish it takes back.
struct USBOpening {
    let calls: any LibUSBCalls
    let device: USBDevice
    let facts: USBDeviceFacts

    /// A dongle that is open: its interface is claimed, and both sides of it have begun anew.
    struct Result: Sendable {
        let handle: USBHandle
        let pipes: USBPipes
        let serial: SerialNumber
    }

    /// Why it is not open.
    struct Failure: Error, Sendable, Equatable {
        let trouble: USBTrouble
        /// Whether it may be otherwise in a moment: an arrival can be told of before the kernel has configured the
        /// device, and before its node has its permissions.
        let mayPass: Bool
    }

    /// Blocks while the device is asked: about three seconds if it does not answer, five more where it does not take
    /// SET_INTERFACE, and five more where it does not take CLEAR_FEATURE either; the kernel bounds both.
    func run() throws(Failure) -> Result {
        let handle = try calling { () throws(LibUSBError) in try calls.open(device) }
        do throws(Failure) {
            let pipes = try pipes(of: handle)
            let serial = try serial(of: handle)
            try calling { () throws(LibUSBError) in try calls.claim(handle, interface: pipes.interface) }
            do throws(Failure) {
                try beginAnew(handle, pipes)
            } catch {
                calls.release(handle, interface: pipes.interface)
                throw error
            }
            return Result(handle: handle, pipes: pipes, serial: serial)
        } catch {
            calls.close(handle)
            throw error
        }
    }

    private func pipes(of handle: USBHandle) throws(Failure) -> USBPipes {
        let interfaces: [USBInterfaceDescriptor]
        do throws(LibUSBError) {
            interfaces = try calls.interfaces(of: handle)
        } catch {
            throw Failure(
                trouble: error.code == .notFound ? .notConfigured : USBTrouble(error), mayPass: true)
        }
        guard let pipes = USBPipes(interfaces) else { throw Failure(trouble: .noDongleInterface, mayPass: false) }
        return pipes
    }

    private func serial(of handle: USBHandle) throws(Failure) -> SerialNumber {
        let unusable = Failure(trouble: .serialUnusable, mayPass: false)
        guard facts.serialIndex != 0 else { throw unusable }
        let languages = try text(0, language: 0, of: handle)
        guard let language = USBString.firstLanguage(languages),
            let serial = USBString.serial(try text(facts.serialIndex, language: language, of: handle))
        else { throw unusable }
        return serial
    }

    private func text(_ index: UInt8, language: UInt16, of handle: USBHandle) throws(Failure) -> [UInt8] {
        do throws(LibUSBError) {
            return try calls.descriptor(handle, type: USBString.descriptorType, index: index, language: language)
        } catch {
            switch error.code {
            // The device answers that it has no such text.
            case .pipe, .overflow: throw Failure(trouble: .serialUnusable, mayPass: false)
            // Another second would not help one that stayed silent for one.
            case .timeout: throw Failure(trouble: USBTrouble(error), mayPass: false)
            default: throw Failure(trouble: USBTrouble(error), mayPass: true)
            }
        }
    }

    /// Makes both sides forget what an earlier conversation left in the endpoints.
    private func beginAnew(_ handle: USBHandle, _ pipes: USBPipes) throws(Failure) {
        do throws(LibUSBError) {
            try calls.selectFirstSetting(handle, interface: pipes.interface)
            return
        } catch  where error.code == .noDevice {
            throw Failure(trouble: USBTrouble(error), mayPass: true)
        } catch {
            // A device whose interface has one setting may stall the request (USB 2.0, 9.4.10).
        }
        for endpoint in [pipes.output, pipes.input] {
            do throws(LibUSBError) {
                try calls.clearHalt(handle, endpoint: endpoint)
            } catch {
                // Every device has to take it (USB 2.0, 9.4.5). One that does not is asked once: each time may take ten
                // seconds.
                throw Failure(trouble: USBTrouble(error), mayPass: error.code == .noDevice)
            }
        }
    }

    private func calling<Answer>(_ body: () throws(LibUSBError) -> Answer) throws(Failure) -> Answer {
        do throws(LibUSBError) {
            return try body()
        } catch {
            throw Failure(trouble: USBTrouble(error), mayPass: true)
        }
    }
}
