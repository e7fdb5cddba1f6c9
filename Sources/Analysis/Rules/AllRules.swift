/// The rules, by number. A new one is added here, and nowhere else.
package enum AllRules {
    package static let types: [any Rule.Type] = [
        TaintedDynamics.self,  // P4
        HTMLInOneLeaf.self,  // P10
        EventsWithoutEffect.self,  // P15
    ]

    package static func make() -> [any Rule] { types.map { $0.init() } }

    /// By id or name.
    package static func type(named name: String) -> (any Rule.Type)? {
        types.first { $0.facts.id.lowercased() == name.lowercased() || $0.facts.name == name }
    }
}
