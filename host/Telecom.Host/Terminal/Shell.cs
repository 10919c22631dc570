using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Native;

namespace Telecom.Host.Terminal;

/// <summary>Streams and services of one run of the command line.</summary>
internal sealed record Shell
{
    // Wide enough that a table of a pipe or file is never folded; a terminal tells its own width.
    private const int UnfoldedWidth = 4096;

    /// <summary>Results, and nothing else.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Progress, remarks and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>What <c>--input -</c> reads.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Whether <see cref="Output"/> shows colours and has a width.</summary>
    public required bool IsOutputTerminal { get; init; }

    /// <summary>Whether progress may redraw its line on <see cref="Error"/>.</summary>
    public required bool IsErrorTerminal { get; init; }

    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Logs from the given level on, to <see cref="Error"/>.</summary>
    public required Func<LogLevel, ILoggerFactory> CreateLoggers { get; init; }

    /// <summary>Starts the runtime.</summary>
    public required RuntimeStarter StartRuntime { get; init; }

    /// <summary>Folder of the plugins that come with the host.</summary>
    public required string FirstPartyPlugins { get; init; }

    /// <summary>Where the native tensor library lies; null leaves it to the environment.</summary>
    public NativeRuntimeOptions? Native { get; init; }

    /// <summary>Settings of file and environment; null for none.</summary>
    public IConfiguration? Settings { get; init; }

    /// <summary>Whether failures show where they happened.</summary>
    public bool IsDebugging { get; init; }

    /// <summary>The command line as typed, without the program's name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Reads an input document.</summary>
    /// <param name="path">A file, or <c>-</c> for standard input.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/>: there is no such file.</exception>
    public async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (path != "-")
        {
            return File.Exists(path)
                ? await File.ReadAllBytesAsync(path, cancellationToken)
                : throw new TelecomException(ErrorCode.NotFound, $"The input file {path} does not exist.");
        }

        await using var stream = OpenInput();
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }

    /// <summary>Writes one document of metadata-described type as indented JSON and a line end.</summary>
    public void WriteJson<T>(T document, JsonTypeInfo<T> metadata) =>
        WriteJson(writer => JsonSerializer.Serialize(writer, document, metadata));

    /// <summary>Writes one document as indented JSON and a line end.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(
            buffer, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        Output.Write(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        Output.Write('\n');
        Output.Flush();
    }

    /// <summary>Writes a table, list or text for people to <see cref="Output"/>.</summary>
    public void Write(Spectre.Console.Rendering.IRenderable renderable)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsOutputTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = IsOutputTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Output),
        });
        if (!IsOutputTerminal)
        {
            console.Profile.Width = UnfoldedWidth;
        }

        console.Write(renderable);
        Output.Flush();
    }
}
