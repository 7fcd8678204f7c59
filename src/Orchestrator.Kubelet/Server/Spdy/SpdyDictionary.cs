using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Kubelet.Server.Spdy;

/// <summary>
/// The dictionary that SPDY/3 header compression starts from: frequent names, each behind its length, then frequent text. It is part
/// of the wire protocol (draft-mbelshe-httpbis-spdy-00, 2.6.10.1); its Adler-32 sum is checked by a test.
/// </summary>
internal static class SpdyDictionary
{
    /// <summary>Adler-32 of <see cref="Bytes"/>; stands in the header of each compressed stream.</summary>
    public const uint Id = 0xe3c6a7c2;

    private const string Names =
        "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization "
        + "cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range "
        + "content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified "
        + "location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding "
        + "upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin";

    private const string Text =
        "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
        + "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found"
        + "500 Internal Server Error501 Not Implemented503 Service Unavailable"
        + "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
        + "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,"
        + "publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

    public static byte[] Bytes { get; } = Build();

    private static byte[] Build()
    {
        var result = new List<byte>();
        var length = new byte[4];
        foreach (var name in Names.Split(' ').Select(word => word.Replace('_', ' ')))
        {
            BinaryPrimitives.WriteInt32BigEndian(length, name.Length);
            result.AddRange(length);
            result.AddRange(Encoding.ASCII.GetBytes(name));
        }

        result.AddRange(Encoding.ASCII.GetBytes(Text));
        return [.. result];
    }
}
