using System.Text;

namespace Orchestrator.Demo.Http;

/// <summary>An answer, complete in memory.</summary>
internal sealed record HttpResponse(int Status, string ContentType, byte[] Body)
{
    public static HttpResponse Text(int status, string text) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static HttpResponse Html(string text) => new(200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static HttpResponse Json(byte[] json) => new(200, "application/json", json);

    /// <summary>
    /// The answer as it goes over the wire. Each connection carries one request, so that a browser's reload, too, is balanced
    /// anew over the pods.
    /// </summary>
    public byte[] ToBytes(bool withBody)
    {
        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {Status} {Reason(Status)}\r\nContent-Type: {ContentType}\r\nContent-Length: {Body.Length}\r\n"
            + "Cache-Control: no-store\r\nConnection: close\r\n\r\n");
        return withBody ? [.. head, .. Body] : head;
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        202 => "Accepted",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    };
}
