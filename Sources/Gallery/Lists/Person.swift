import LiveServer

/// A row of the tables.
struct Person: Identifiable, Sendable {
    let id: Int
    var name: String
    var city: String
    var visits: Int

    private static let names = ["Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "Jo", "Kim", "Lea"]
    private static let families = ["Abel", "Berg", "Cole", "Dietz", "Ek", "Fox", "Gray"]
    private static let cities = ["Oslo", "Lima", "Kyoto", "Graz", "Accra"]

    /// The same for the same number, always.
    init(_ id: Int) {
        self.id = id
        name = "\(Self.names[id % Self.names.count]) \(Self.families[id % Self.families.count])"
        city = Self.cities[id % Self.cities.count]
        visits = id * 7919 % 1000
    }

    var cells: HTML { "<td>\(id)</td><td>\(name)</td><td>\(city)</td><td class=\"number\">\(visits)</td>" }
}

/// What can be done to a table.
struct People {
    private(set) var all = (1...300).map { Person($0) }
    private var next = 301

    mutating func handle(_ event: String, _ context: LiveContext) throws {
        switch event {
        case "visit": all[all.count / 2].visits += 1
        case "insert":
            all.insert(Person(next), at: 0)
            next += 1
        case "remove": if all.count > 1 { all.removeFirst() }
        case "reverse": all.reverse()
        case "shuffle": all.shuffle(using: &context.random)
        default: throw UnhandledEvent(event)
        }
    }

    static var buttons: HTML {
        """
        <div class="row">
          <button id="visit" phx-click="visit">One visit more, in the middle</button>
          <button id="insert" phx-click="insert">Insert at the top</button>
          <button id="remove" phx-click="remove">Remove the first</button>
          <button id="reverse" phx-click="reverse">Reverse</button>
          <button id="shuffle" phx-click="shuffle">Shuffle</button>
        </div>
        """
    }

    static var head: HTML { "<thead><tr><th>No.</th><th>Name</th><th>City</th><th>Visits</th></tr></thead>" }
}
