import DongleProtocol
import Dongles
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// An answer has to be one to the step that was asked for, however well formed it is.
struct LyingAnswerTests {
    /// A transfer with everything that its steps answer, in the order in which they are done.
    private struct Course {
        let steps: [(step: TransferStep, answer: TransferAnswer)]

        init() throws {
            let bench = try TransferBench(pipedSubject)
            var steps: [(TransferStep, TransferAnswer)] = []
            func done(_ subject: VaultSubject, _ step: TransferStep) throws -> TransferAnswer {
                let answer = try subject.vault.perform(step, on: bench.clock.occasion())
                steps.append((step, answer))
                return answer
            }
            // One that arrives, one that is declined, one that is cancelled, one that is closed.
            for course in 0..<4 {
                let key = try bench.mint(try bench.vendor.key("course \(course)"), into: bench.source)
                let offered = try done(bench.source, .offer(key.number, anew: false))
                let name = offered.transfer.identifier
                if course == 2 {
                    _ = try done(bench.source, .cancel(name))
                    continue
                }
                let request = try done(bench.target, bench.step(try offered.startCode)).requestCode
                let activation = try done(bench.source, .release(request)).activationCode
                switch course {
                case 0:
                    _ = try done(bench.target, .activate(activation))
                    _ = try done(bench.source, .settle(try done(bench.target, .receipt(name)).receiptCode))
                case 1:
                    _ = try done(bench.source, .reclaim(try done(bench.target, .decline(name)).returnCode))
                default: _ = try done(bench.source, .close(name))
                }
            }
            self.steps = steps
        }
    }

    /// What a host says to `answer` as the answer to `step`: nil where it takes it.
    private func verdict(_ step: TransferStep, _ answer: TransferAnswer) throws -> LicenceError? {
        let pipe = TamperedPipe(try Plugged().device) { number, reply in
            number == 1
                ? reply : Frame.changed(reply, direction: .reply(.done), payload: { _ in answer.payload })
        }
        let vault = try DongleVault(pipe)
        do throws(LicenceError) {
            let taken = try vault.perform(step, on: ManualClock().occasion())
            #expect(taken == answer)
            return nil
        } catch {
            return error
        }
    }

    @Test func onlyTheAnswerOfTheStepItselfIsTaken() throws {
        let course = try Course()
        #expect(course.steps.count == 17)
        for (asked, own) in course.steps {
            for (given, answer) in course.steps {
                let error = try verdict(asked, answer)
                // Some steps name neither licence nor transfer; what answers them can't be told from the answer that
                // another transfer got to the same step.
                let isAnonymous =
                    switch asked {
                    case .release, .activate, .settle, .reclaim: own.transfer.standing == answer.transfer.standing
                    default: false
                    }
                let isRight = own == answer || isAnonymous && own.code?.kind == answer.code?.kind
                #expect((error == nil) == isRight, "\(asked) answered as \(given): \(String(describing: error))")
                if let error { #expect(error.code == .dongleGarbled) }
            }
        }
    }

    @Test func aMissingOrAnotherCodeIsFoundOut() throws {
        let course = try Course()
        let codes = [nil] + course.steps.map(\.answer.code)
        for (step, answer) in course.steps {
            for code in codes where code?.kind != answer.code?.kind {
                let changed = TransferAnswer(transfer: answer.transfer, code: code, isRepeat: answer.isRepeat)
                #expect(try verdict(step, changed)?.code == .dongleGarbled, "\(step) with \(String(describing: code))")
            }
        }
    }

    @Test func aStartCodeOrRequestOfAnotherTransferIsFoundOut() throws {
        let course = try Course()
        for (step, answer) in course.steps {
            for (_, other) in course.steps where other.code?.kind == answer.code?.kind && other.code != answer.code {
                let changed = TransferAnswer(transfer: answer.transfer, code: other.code, isRepeat: answer.isRepeat)
                switch step {
                case .offer, .request: #expect(try verdict(step, changed)?.code == .dongleGarbled)
                default: break
                }
            }
        }
    }

    @Test func aCodeIsRecognisedOnlyAsOneOfItsOwnSide() throws {
        let course = try Course()
        let transfers = course.steps.map(\.answer.transfer)
        for code in course.steps.compactMap(\.answer.code) {
            for transfer in transfers {
                let pipe = TamperedPipe(try Plugged().device) { number, reply in
                    number == 1 ? reply : Frame.changed(reply, payload: { _ in Optional(transfer).payload })
                }
                let vault = try DongleVault(pipe)
                let isSource = if case .source = transfer.standing { true } else { false }
                let isPossible: Bool =
                    switch code.kind {
                    case .start, .shortStart: false
                    case .request, .returning, .receipt: isSource
                    case .activation: !isSource
                    }
                #expect(((try? vault.recognise(code)) == transfer) == isPossible)
                #expect((vault.ending?.code == .dongleGarbled) == !isPossible)
            }
        }
    }

    /// Where an error is from only the host says, whether its texts speak of that or not.
    @Test func noRefusalSpeaksOfAnotherPlace() throws {
        var codes: Set<LicenceError.Code> = []
        for code in LicenceError.Code.allCases {
            let said = LicenceError(code, [.location: "local", .serial: "4712", .path: "/etc"])
            guard (try? said.givenByDongle()) != nil else { continue }
            let pipe = TamperedPipe(try Plugged().device) { number, reply in
                number == 1
                    ? reply : Frame.changed(reply, direction: .reply(.refused), payload: { _ in said.payload })
            }
            let vault = try DongleVault(pipe)
            let error = #expect(throws: LicenceError.self) { try vault.keys() }
            #expect(error?.code == code)
            let location = "usb:\(vault.serial)"
            #expect([nil, location].contains(error?.parameters[.location]), "\(code)")
            #expect([nil, location].contains(error?.parameters[.path]), "\(code)")
            #expect([nil, "\(vault.serial)"].contains(error?.parameters[.serial]), "\(code)")
            codes.insert(code)
        }
        #expect(codes.isSuperset(of: [.noSuchKey, .vaultFull, .storeFailed]))
    }
}
