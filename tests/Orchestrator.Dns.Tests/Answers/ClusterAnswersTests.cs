using System.Net;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Dns.Answers;
using Orchestrator.Dns.Messages;
using Orchestrator.Dns.Zone;
using EndpointPort = Orchestrator.Api.Discovery.V1.EndpointPort;

namespace Orchestrator.Dns.Tests.Answers;

/// <summary>The specification's records, and what is answered where there are none.</summary>
[TestFixture]
public class ClusterAnswersTests
{
    private static readonly DnsOptions Options = new() { OwnRanges = [IPNetwork.Parse("10.96.0.0/16"), IPNetwork.Parse("10.244.0.0/16")] };

    internal static readonly ZoneSnapshot Zone = MakeZone();

    private static readonly ClusterAnswers Answers = new(Options);

    // Services with a ClusterIP
    [TestCase("web.default.svc.cluster.local", DnsType.A, "A web.default.svc.cluster.local 10.96.0.20")]
    [TestCase("WEB.default.SVC.cluster.local", DnsType.A, "A web.default.svc.cluster.local 10.96.0.20")]
    [TestCase("dual.default.svc.cluster.local", DnsType.AAAA, "AAAA dual.default.svc.cluster.local fd00::20")]
    [TestCase("_http._tcp.web.default.svc.cluster.local", DnsType.SRV, "SRV _http._tcp.web.default.svc.cluster.local 0 100 80 web.default.svc.cluster.local")]
    [TestCase("20.0.96.10.in-addr.arpa", DnsType.PTR, "PTR 20.0.96.10.in-addr.arpa web.default.svc.cluster.local")]
    [TestCase("0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", DnsType.PTR, "PTR 0.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa dual.default.svc.cluster.local")]
    // Headless Services
    [TestCase("db.default.svc.cluster.local", DnsType.A, "A db.default.svc.cluster.local 10.244.2.3|A db.default.svc.cluster.local 10.244.1.2")]
    [TestCase("db-0.db.default.svc.cluster.local", DnsType.A, "A db-0.db.default.svc.cluster.local 10.244.1.2")]
    [TestCase("10-244-2-3.db.default.svc.cluster.local", DnsType.A, "A 10-244-2-3.db.default.svc.cluster.local 10.244.2.3")]
    [TestCase("_sql._tcp.db.default.svc.cluster.local", DnsType.SRV,
        "SRV _sql._tcp.db.default.svc.cluster.local 0 50 5432 db-0.db.default.svc.cluster.local|SRV _sql._tcp.db.default.svc.cluster.local 0 50 5432 10-244-2-3.db.default.svc.cluster.local")]
    [TestCase("2.1.244.10.in-addr.arpa", DnsType.PTR, "PTR 2.1.244.10.in-addr.arpa db-0.db.default.svc.cluster.local")]
    // Pods, aliases and the zone itself
    [TestCase("10-244-1-9.default.pod.cluster.local", DnsType.A, "A 10-244-1-9.default.pod.cluster.local 10.244.1.9")]
    [TestCase("near.default.svc.cluster.local", DnsType.A, "CNAME near.default.svc.cluster.local web.default.svc.cluster.local|A web.default.svc.cluster.local 10.96.0.20")]
    [TestCase("far.default.svc.cluster.local", DnsType.CNAME, "CNAME far.default.svc.cluster.local www.example.com")]
    [TestCase("dns-version.cluster.local", DnsType.TXT, "TXT dns-version.cluster.local 1.1.0")]
    [TestCase("cluster.local", DnsType.NS, "NS cluster.local ns.dns.cluster.local")]
    [TestCase("cluster.local", DnsType.SOA, "SOA cluster.local")]
    [TestCase("ns.dns.cluster.local", DnsType.A, "A ns.dns.cluster.local 10.96.0.10")]
    public void Answer_RecordExists_IsGiven(string name, DnsType type, string expected)
    {
        var reading = Ask(name, type);
        Assert.That(reading.Code, Is.EqualTo(DnsCode.NoError));
        Assert.That(reading.Authoritative);
        Assert.That(reading.Answers, Is.EqualTo(expected.Split('|')));
    }

    [TestCase("web.default.svc.cluster.local", DnsType.AAAA)]
    [TestCase("web.default.svc.cluster.local", DnsType.TXT)]
    [TestCase("_tcp.web.default.svc.cluster.local", DnsType.A)]
    [TestCase("default.svc.cluster.local", DnsType.A)]
    [TestCase("svc.cluster.local", DnsType.A)]
    [TestCase("cluster.local", DnsType.A)]
    [TestCase("empty.default.svc.cluster.local", DnsType.A)]
    [TestCase("10-244-1-9.default.pod.cluster.local", DnsType.AAAA)]
    public void Answer_NameWithoutThatType_IsNoData(string name, DnsType type)
    {
        var reading = Ask(name, type);
        Assert.That(reading.Code, Is.EqualTo(DnsCode.NoError));
        Assert.That(reading.Answers, Is.Empty);
        Assert.That(reading.Authorities, Is.EqualTo(new[] { "SOA cluster.local" }));
    }

    [TestCase("nothing.default.svc.cluster.local", DnsType.A)]
    [TestCase("web.nowhere.svc.cluster.local", DnsType.A)]
    [TestCase("nowhere.svc.cluster.local", DnsType.A)]
    [TestCase("_http._udp.web.default.svc.cluster.local", DnsType.SRV)]
    [TestCase("db-1.db.default.svc.cluster.local", DnsType.A)]
    [TestCase("10-244-1-9.nowhere.pod.cluster.local", DnsType.A)]
    [TestCase("10-244-1-999.default.pod.cluster.local", DnsType.A)]
    [TestCase("10-244-1-010.default.pod.cluster.local", DnsType.A)]
    [TestCase("google.com.cluster.local", DnsType.A)]
    [TestCase("99.0.96.10.in-addr.arpa", DnsType.PTR)]
    public void Answer_NameNotThere_IsNameErrorWithAuthority(string name, DnsType type)
    {
        var reading = Ask(name, type);
        Assert.That(reading.Code, Is.EqualTo(DnsCode.NameError));
        Assert.That(reading.Authorities, Is.EqualTo(new[] { "SOA cluster.local" }));
    }

    [TestCase("www.example.com", DnsType.A)]
    [TestCase("notcluster.local", DnsType.A)]
    [TestCase("1.0.0.127.in-addr.arpa", DnsType.PTR)]
    public void Answer_NameOutside_GoesUpstream(string name, DnsType type) => Assert.That(Answer(name, type), Is.Null);

    [Test]
    public void Answer_AliasToOutside_AsksForTheTarget()
    {
        var answer = Answer("far.default.svc.cluster.local", DnsType.A)!;
        Assert.That(answer.Chase, Is.EqualTo("www.example.com"));
    }

    [Test]
    public void Answer_AliasesInACircle_End() =>
        Assert.That(Ask("circle.default.svc.cluster.local", DnsType.A).Answers, Has.Count.LessThan(10));

    [Test]
    public void Answer_SeveralAddresses_StartElsewhereEachTime()
    {
        var first = Enumerable.Range(0, 4).Select(id => Ask("db.default.svc.cluster.local", DnsType.A, (ushort)id).Answers[0]).ToList();
        Assert.That(first.Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public void Answer_ServiceTargets_BringTheirAddresses() =>
        Assert.That(Ask("_sql._tcp.db.default.svc.cluster.local", DnsType.SRV).Additionals,
            Is.EqualTo(new[] { "A db-0.db.default.svc.cluster.local 10.244.1.2", "A 10-244-2-3.db.default.svc.cluster.local 10.244.2.3" }));

    [Test]
    public void Answer_BeforeEverythingIsRead_DoesNotDenyNames()
    {
        var unread = Zone with { Complete = false };
        var missing = Query("nothing.default.svc.cluster.local", DnsType.A);
        var known = Query("web.default.svc.cluster.local", DnsType.A);
        Assert.That(Answers.Answer(missing.Parsed, unread)!.Reply.Code, Is.EqualTo(DnsCode.ServerFailure));
        Assert.That(Answers.Answer(known.Parsed, unread)!.Reply.Code, Is.EqualTo(DnsCode.NoError));
    }

    [Test]
    public void Without_ServiceRemoved_LeavesNoName()
    {
        var names = ServiceNamesBuilder.Build(Headless(), [Slice()]);
        var zone = ZoneSnapshot.Empty.With(names).Without(names);
        Assert.That(zone.Names, Is.Empty);
        Assert.That(zone.Reverse, Is.Empty);
    }

    private static Wire.Reading Ask(string name, DnsType type, ushort id = 1)
    {
        var (bytes, query) = Query(name, type, id);
        var answer = new byte[4096];
        var length = DnsWriter.Write(query, bytes, Answers.Answer(query, Zone)!.Reply, answer);
        return Wire.Read(answer.AsSpan(0, length));
    }

    private static ClusterAnswer? Answer(string name, DnsType type) => Answers.Answer(Query(name, type).Parsed, Zone);

    private static (byte[] Bytes, DnsQuery Parsed) Query(string name, DnsType type, ushort id = 1)
    {
        var bytes = Wire.Question(name, type, id);
        return (bytes, DnsQuery.Parse(bytes, out _)!);
    }

    private static ZoneSnapshot MakeZone()
    {
        Service[] services =
        [
            Service("web", "10.96.0.20"),
            Service("dual", "10.96.0.21") with { Spec = new ServiceSpec { ClusterIP = "10.96.0.21", ClusterIPs = ["10.96.0.21", "fd00::20"] } },
            Service("empty", "None"),
            Alias("near", "web.default.svc.cluster.local"), Alias("far", "www.example.com."),
            Alias("circle", "ring.default.svc.cluster.local"), Alias("ring", "circle.default.svc.cluster.local"),
            Service("kube-dns", "10.96.0.10") with { Metadata = new ObjectMeta { Namespace = "kube-system", Name = "kube-dns" } },
        ];
        var zone = services.Aggregate(ZoneSnapshot.Empty, (snapshot, service) => snapshot.With(ServiceNamesBuilder.Build(service, [])));
        zone = zone.With(ServiceNamesBuilder.Build(Headless(), [Slice()]));
        return zone with { Namespaces = zone.Namespaces.Add("default").Add("kube-system"), Complete = true };
    }

    private static Service Headless() => Service("db", "None");

    internal static EndpointSlice Slice() => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = "db-1", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "db" } },
        AddressType = "IPv4",
        Ports = [new EndpointPort { Name = "sql", Port = 5432, Protocol = "TCP" }],
        Endpoints =
        [
            new Endpoint { Addresses = ["10.244.1.2"], Hostname = "db-0", Conditions = new EndpointConditions { Ready = true } },
            new Endpoint { Addresses = ["10.244.2.3"], Conditions = new EndpointConditions { Ready = true } },
            new Endpoint { Addresses = ["10.244.2.4"], Hostname = "db-1", Conditions = new EndpointConditions { Ready = false } },
        ],
    };

    internal static Service Service(string name, string clusterIP) => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = name },
        Spec = new ServiceSpec { ClusterIP = clusterIP, ClusterIPs = [clusterIP], Ports = [new ServicePort { Name = "http", Port = 80, Protocol = "TCP" }] },
    };

    private static Service Alias(string name, string target) => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = name },
        Spec = new ServiceSpec { Type = "ExternalName", ExternalName = target },
    };
}
