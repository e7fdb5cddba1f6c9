/// The rules, by number. A new one is added here, and nowhere else.
package enum AllRules {
    package static let types: [any Rule.Type] = [
        ListWithoutKeys.self,  // P1
        ListSentWhole.self,  // P2
        EventPerKeystroke.self,  // P3
        TaintedDynamics.self,  // P4
        AssignsGivenOn.self,  // P5
        FormResent.self,  // P6
        EverythingTwice.self,  // P7
        StaticsFlipFlop.self,  // P8
        RootReplaced.self,  // P9
        HTMLInOneLeaf.self,  // P10
        PushedData.self,  // P11
        DiffStorm.self,  // P12
        VolatileSlots.self,  // P13
        RoundTripForLooks.self,  // P14
        EventsWithoutEffect.self,  // P15
        StreamSentAgain.self,  // P16
        StreamItemResent.self,  // P17
        UnboundedStream.self,  // P18
        AssignInManyPlaces.self,  // P19
        PlacesForNothing.self,  // P20
    ]

    package static func make() -> [any Rule] { types.map { $0.init() } }

    /// By id or name.
    package static func type(named name: String) -> (any Rule.Type)? {
        types.first { $0.facts.id.lowercased() == name.lowercased() || $0.facts.name == name }
    }
}
