import Lanes
import Settings

@main enum Portolan {
    static func main() { }
}
