using System.CommandLine;
using System.Globalization;
using Telecom.Host.Access;
using Telecom.Host.Documents;
using Telecom.Host.Rest;
using Telecom.Host.Terminal;
using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary><c>keys [list]</c>, <c>add NAME</c> and <c>revoke ID</c>: on the store itself, so that also works who has no key any more.</summary>
internal static class KeysCommand
{
    private const string CallerId = "command-line";

    private const string Details =
        """
        Scopes: read, predict, jobs.write, plugins.admin, models.write, admin (includes all others).

        Examples:
          telecom keys add dashboard --scopes read
          telecom keys add forecaster --scopes read,predict --expires 90d --rows-per-day 100000
          telecom keys revoke 7h2kq9w3mxzt
        """;

    public static Command Create(HostOptions host, Shell shell)
    {
        var output = VerbOptions.Output();
        var list = new Command("list", "All keys, also expired and revoked ones; never their secrets.");
        list.SetAction(ListAsync);
        var command = new VerbCommand("keys", "Keys of the callers of this host.", Details) { output, list, Add(host, shell, output), Revoke(host, shell) };
        command.SetAction(ListAsync);
        return command;

        async Task<int> ListAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            await using var store = Open(host, parse);
            var now = shell.Time.GetUtcNow();
            var keys = await store.Access.ListKeysAsync(cancellationToken);
            Print(shell, [.. keys.Select(key => KeyDocument.Of(key, key.LastUsedAt, now))], parse.IsJson(output));
            return ExitCodes.Ok;
        }
    }

    private static Command Add(HostOptions host, Shell shell, Option<string> output)
    {
        var name = new Argument<string>("name") { Description = "What people call it.", HelpName = "NAME" };
        var scopes = new Option<string>("--scopes")
        {
            Description = $"What it may do, separated by commas: {ScopeNames.All}.",
            HelpName = "SCOPES",
            DefaultValueFactory = _ => string.Join(',', KeyMaker.DefaultScopes),
        };
        var expires = new Option<string?>("--expires") { Description = "When it ends to count: 90d, 12h, or a time such as 2027-01-01T00:00:00Z.", HelpName = "TIME" };
        var rows = new Option<long?>("--rows-per-day") { Description = "Rows that it may ask for in a day (UTC).", HelpName = "N" };
        var add = new Command("add", "Makes a key and prints it, once. A host that serves takes it at once.") { name, scopes, expires, rows };
        add.SetAction(async (parse, cancellationToken) =>
        {
            var now = shell.Time.GetUtcNow();
            var (stored, key) = Make(
                new()
                {
                    Name = parse.GetRequiredValue(name),
                    Scopes = parse.GetRequiredValue(scopes).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                    ExpiresAt = ReadEnd(parse.GetValue(expires), now),
                    RowsPerDay = parse.GetValue(rows),
                },
                now);
            await using var store = Open(host, parse);
            await store.Access.AddKeyAsync(stored, Note("createKey", stored.Id, now), cancellationToken);
            if (parse.IsJson(output))
            {
                shell.WriteJson(new CreatedKeyDocument(KeyDocument.Of(stored, null, now), key), ReadableJson.Access.CreatedKeyDocument);
            }
            else
            {
                shell.Output.WriteLine(key);
                await shell.Error.WriteLineAsync("The key is shown only now: nobody can read it from the store.");
            }

            return ExitCodes.Ok;
        });
        return add;
    }

    private static Command Revoke(HostOptions host, Shell shell)
    {
        var id = new Argument<string>("id") { Description = "Id of the key, as the list shows it.", HelpName = "ID" };
        var revoke = new Command("revoke", "Takes a key back; a host that serves refuses it within 5 seconds.") { id };
        revoke.SetAction(async (parse, cancellationToken) =>
        {
            var now = shell.Time.GetUtcNow();
            var given = parse.GetRequiredValue(id);

            // Whoever has the whole key or its beginning at hand need not cut the id out.
            var wanted = given.StartsWith(KeyText.Start, StringComparison.Ordinal) ? given.Split('_')[1] : given;
            await using var store = Open(host, parse);
            return await store.Access.RevokeKeyAsync(wanted, now, Note("revokeKey", wanted, now), cancellationToken)
                ? ExitCodes.Ok
                : throw new TelecomException(ErrorCode.NotFound, $"There is no key with the id '{wanted}': 'telecom keys' lists them.");
        });
        return revoke;
    }

    private static TelecomStore Open(HostOptions host, ParseResult parse) => TelecomStore.Open(Path.Combine(host.StateDirectory(parse), StateFolder.Store));

    private static (StoredKey Stored, string Key) Make(NewKeyDocument wish, DateTimeOffset now)
    {
        try
        {
            return KeyMaker.Make(wish, now);
        }
        catch (InvalidInputException exception)
        {
            // Members of a document are arguments here.
            throw new TelecomException(ErrorCode.InvalidInput, exception.Message, exception);
        }
    }

    private static DateTimeOffset? ReadEnd(string? text, DateTimeOffset now)
    {
        if (text is null)
        {
            return null;
        }

        if (int.TryParse(text.AsSpan(0, text.Length == 0 ? 0 : text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count < 100_000)
        {
            switch (text[^1])
            {
                case 'd':
                    return now.AddDays(count);
                case 'h':
                    return now.AddHours(count);
            }
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? end
            : throw new TelecomException(ErrorCode.InvalidInput, $"--expires {text} is neither a span such as 90d or 12h nor a time such as 2027-01-01T00:00:00Z.");
    }

    private static AuditEntry Note(string action, string id, DateTimeOffset now) =>
        new() { At = now, Caller = CallerId, CallerName = Environment.UserName, Action = action, Target = id, Status = 0 };

    private static void Print(Shell shell, List<KeyDocument> keys, bool asJson)
    {
        if (asJson)
        {
            shell.WriteJson(new ItemsDocument<KeyDocument>(keys), ReadableJson.Access.ItemsDocumentKeyDocument);
            return;
        }

        var table = Tables.Create("id", "name", "scopes", "state", "created", "expires", "last used", "rows per day");
        foreach (var key in keys)
        {
            table.Add(
                key.Id,
                key.Name,
                string.Join(' ', key.Scopes),
                key.State,
                Time(key.CreatedAt),
                Time(key.ExpiresAt),
                Time(key.LastUsedAt),
                key.RowsPerDay?.ToString(CultureInfo.InvariantCulture));
        }

        shell.Write(table);
    }

    private static string? Time(DateTime? time) => time?.ToString("u", CultureInfo.InvariantCulture);
}
