/// The rules, by number. A new one is added here, and nowhere else.
package enum AllRules {
    package static let types: [any Rule.Type] = [
        TaintedDynamics.self,  // P4
        HTMLInOneLeaf.self,  // P10
        EventsWithoutEffect.self,  // P15
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
