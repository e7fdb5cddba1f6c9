import ArgumentParser
import Foundation

/// Ends a command with a message for a person and an exit code.
struct Failure: Error, CustomStringConvertible {
    let description: String
    let code: Int32

    init(_ description: String, code: Int32 = 1) {
        self.description = description
        self.code = code
    }
}

/// Turns any error of `body` into one that is shown as it is.
func reporting<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch {
        throw Failure("\(error)")
    }
}
