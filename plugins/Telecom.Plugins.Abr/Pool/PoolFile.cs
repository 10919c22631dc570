using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Telecom.Plugins.Abr.Observations;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>
/// A pool on disk: 8 bytes with the length of the header, the header as JSON, then states float32 [N, 6, W], actions uint8 [N], rewards float32 [N],
/// done uint8 [N] and, where the header says so, scores float32 [N, M], little endian, nothing between them. Reading it runs nothing.
/// </summary>
internal static class PoolFile
{
    private const string Format = "abr-experience-pool";
    private const int Version = 2;

    // Version 1 had no scores.
    private const int OldestVersion = 1;
    private const int MostHeaderBytes = 16 * 1024 * 1024;

    /// <summary>Writes a pool; a file of that name is replaced at once or not at all.</summary>
    public static void Write(string path, ExperiencePool pool)
    {
        var body = Body(pool);
        var header = JsonSerializer.SerializeToUtf8Bytes(
            new()
            {
                Format = Format,
                Version = Version,
                Records = pool.Count,
                Width = pool.Width,
                Levels = pool.Levels,
                HasScores = pool.LevelScores is not null,
                RewardFloor = pool.RewardFloor,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(body)),
                Sources = pool.Sources,
            },
            PoolJson.Default.PoolHeader);
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var unfinished = path + ".tmp";
        using (var stream = File.Create(unfinished))
        {
            stream.Write(length);
            stream.Write(header);
            stream.Write(body);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Reads a pool.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: it is no pool, of another version, or damaged.</exception>
    public static ExperiencePool Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"The pool '{path}' cannot be read: {exception.Message}", exception);
        }

        var length = bytes.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (length is < 2 or > MostHeaderBytes || length > bytes.Length - sizeof(long))
        {
            throw Rejected(path, "is no experience pool");
        }

        var header = ReadHeader(path, bytes.AsSpan(sizeof(long), (int)length));
        var body = bytes.AsSpan(sizeof(long) + (int)length);
        var pool = ReadBody(path, header, body);
        return Convert.ToHexStringLower(SHA256.HashData(body)) == header.Sha256 ? pool : throw Rejected(path, "is damaged: its checksum differs");
    }

    private static PoolHeader ReadHeader(string path, ReadOnlySpan<byte> json)
    {
        PoolHeader? header;
        try
        {
            header = JsonSerializer.Deserialize(json, PoolJson.Default.PoolHeader);
        }
        catch (JsonException exception)
        {
            throw Rejected(path, "is no experience pool: its header is not valid", exception);
        }

        return header is { Format: Format, Version: >= OldestVersion and <= Version } ? header
            : header?.Format == Format
                ? throw Rejected(path, $"has layout version {header.Version}, but this program reads versions {OldestVersion} to {Version}")
            : throw Rejected(path, "is no experience pool");
    }

    private static ExperiencePool ReadBody(string path, PoolHeader header, ReadOnlySpan<byte> body)
    {
        var perRecord = ((long)AbrObservation.Features * header.Width * sizeof(float)) + sizeof(byte) + sizeof(float) + sizeof(byte)
            + (header.HasScores ? (long)header.Levels * sizeof(float) : 0);
        if (header.Records < 1 || header.Width < 1 || header.Levels is < 1 or > byte.MaxValue || header.Records * perRecord != body.Length
            || header.Sources.Sum(source => (long)source.Records) != header.Records)
        {
            throw Rejected(path, "is damaged: its header does not fit its length");
        }

        var states = header.Records * AbrObservation.Features * header.Width * sizeof(float);
        var rewards = states + header.Records;
        var done = rewards + (header.Records * sizeof(float));
        var scores = done + header.Records;
        var pool = new ExperiencePool
        {
            Width = header.Width,
            Levels = header.Levels,
            States = MemoryMarshal.Cast<byte, float>(body[..states]).ToArray(),
            Actions = body[states..rewards].ToArray(),
            Rewards = MemoryMarshal.Cast<byte, float>(body[rewards..done]).ToArray(),
            Done = Array.ConvertAll(body[done..scores].ToArray(), flag => flag != 0),
            LevelScores = header.HasScores ? MemoryMarshal.Cast<byte, float>(body[scores..]).ToArray() : null,
            RewardFloor = header.RewardFloor,
            Sources = header.Sources,
        };
        return pool.Actions.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)(header.Levels - 1)) || !pool.Done[^1]
            ? throw Rejected(path, "is damaged: it holds levels that no video has, or an unfinished session")
            : pool;
    }

    private static byte[] Body(ExperiencePool pool)
    {
        using var body = new MemoryStream();
        body.Write(MemoryMarshal.AsBytes(pool.States.AsSpan()));
        body.Write(pool.Actions);
        body.Write(MemoryMarshal.AsBytes(pool.Rewards.AsSpan()));
        body.Write(Array.ConvertAll(pool.Done, flag => flag ? (byte)1 : (byte)0));
        body.Write(MemoryMarshal.AsBytes(pool.LevelScores.AsSpan()));
        return body.ToArray();
    }

    private static TelecomException Rejected(string path, string what, Exception? cause = null) =>
        new(ErrorCode.DataRejected, $"'{path}' {what}. Collect the pool anew.", cause);
}
