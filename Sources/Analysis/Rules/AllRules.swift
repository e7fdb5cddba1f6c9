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
        ComponentsForPlainMarkup.self,  // P21
        StaticsRepeatedOverComponents.self,  // P22
        ComponentChurn.self,  // P23
        CommandsInRows.self,  // P24
        AttributeBag.self,  // P25
        LargeSessionToken.self,  // P26
        JoinLoop.self,  // P27
        SlowHandler.self,  // P28
        NavigationAcrossSessions.self,  // P29
        NavigateForPatch.self,  // P30
        CrashByEvent.self,  // P31
        KeysWithWholeTexts.self,  // P32
        WholeFormForOneField.self,  // P33
        UploadChatter.self,  // P34
        ManyNestedViews.self,  // P35
        NoCompression.self,  // P36
        DebugAnnotations.self,  // P37
        VersionsDiffer.self,  // P38
        RendersWhileLoading.self,  // P39
        UpdatesNobodySees.self,  // P40
        SlotsWithFor.self,  // P41
        StuckOnLongPoll.self,  // P42
    ]

    package static func make() -> [any Rule] { types.map { $0.init() } }

    /// By id or name.
    package static func type(named name: String) -> (any Rule.Type)? {
        types.first { $0.facts.id.lowercased() == name.lowercased() || $0.facts.name == name }
    }
}
