using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TorchSharp;

namespace Telecom.Sdk.Analyzers.Tests;

/// <summary>Compiles a piece of C# and runs the analyzers on it.</summary>
internal static class Snippet
{
    private const string Usings =
        "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using System.Text.Json; using TorchSharp; ";

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Append(typeof(torch).Assembly.Location)
            .Distinct()
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <returns>Ids of what was found, in the order of the source.</returns>
    /// <exception cref="InvalidOperationException">The piece does not compile.</exception>
    public static async Task<IReadOnlyList<string>> AnalyzeAsync(string code, CancellationToken cancellationToken) =>
        [.. (await DiagnosticsAsync(code, cancellationToken)).Select(diagnostic => diagnostic.Id)];

    /// <returns>Messages of what was found, in the order of the source.</returns>
    /// <exception cref="InvalidOperationException">The piece does not compile.</exception>
    public static async Task<IReadOnlyList<string>> MessagesAsync(string code, CancellationToken cancellationToken) =>
        [.. (await DiagnosticsAsync(code, cancellationToken)).Select(diagnostic => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture))];

    private static async Task<IEnumerable<Diagnostic>> DiagnosticsAsync(string code, CancellationToken cancellationToken)
    {
        var tree = CSharpSyntaxTree.ParseText(Usings + code, cancellationToken: cancellationToken);
        var compilation = CSharpCompilation.Create(
            "Snippet", [tree], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var errors = compilation.GetDiagnostics(cancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
        }

        var found = await compilation
            .WithAnalyzers([new ScopeAnalyzer(), new UnloadingAnalyzer(), new ScalarAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(cancellationToken);
        return found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start);
    }
}
