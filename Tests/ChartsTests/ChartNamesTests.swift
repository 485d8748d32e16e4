import Charts
import Testing

@Suite struct `The names of the charts` {
    @Test func `give the same number to the same name`() {
        var names = ChartNames(limits: ChartLimits())
        let shop = names.service(ServiceKey(name: "shop"))
        #expect(names.service(ServiceKey(name: "shop")) == shop)
        #expect(names.service(ServiceKey(namespace: "eu", name: "shop")) != shop)
    }
}
