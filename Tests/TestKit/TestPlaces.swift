import Foundation
import Glibc

/// Folders below which tests of stores work, each on another file system.
package enum TestPlaces {
    /// What the environment variable `ALMD_PLACES` names, with colons between (`make places`), or else those of `usual` that
    /// this machine has.
    package static func named(or usual: [String]) -> [String] {
        ProcessInfo.processInfo.environment["ALMD_PLACES"]?.split(separator: ":").map(String.init)
            ?? usual.filter { access($0, W_OK) == 0 }
    }
}
