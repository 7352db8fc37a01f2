package import CFuzzing

/// What every fuzzer needs beside its harness.
package enum Fuzzing {
    /// Hands the command line to libFuzzer, which calls `body` until it has found something or its time is up.
    package static func main(
        _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, _ body: FuzzingBody
    ) -> CInt {
        var (count, arguments) = (count, arguments)
        return LLVMFuzzerRunDriver(&count, &arguments, body)
    }

    /// Does `body` with the bytes of an input, and looks whether it left something behind on the heap.
    ///
    /// A run may fill a cache, once. What grows again every time the same input is run never ends growing.
    package static func run(
        _ start: UnsafePointer<UInt8>?, _ count: Int, _ body: ([UInt8]) -> Void
    ) -> CInt {
        let input = Array(UnsafeBufferPointer(start: start, count: count))
        for _ in 0..<repetitions {
            let before = mallinfo2().uordblks
            body(input)
            if mallinfo2().uordblks <= before { return 0 }
        }
        finding("the same input, run \(repetitions) times, took memory each time and gave none of it back")
    }

    /// Far more than the seven pieces of each size that the allocator keeps for a thread and counts as taken: pieces are split
    /// and joined on the way, so that it may take a while until all sizes have theirs. In about a million inputs, sixteen
    /// runs were once too few.
    private static let repetitions = 256
}

/// Stops the fuzzer unless `condition` holds.
package func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { finding(what()) }
}

/// Stops the fuzzer: this input breaks a rule.
package func finding(_ what: String) -> Never {
    fatalError(what)
}
