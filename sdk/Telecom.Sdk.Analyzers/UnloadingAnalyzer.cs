using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Telecom.Sdk.Analyzers;

/// <summary>TEL002, TEL003, TEL004: what keeps the load context of a plugin alive after the host let go of it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnloadingAnalyzer : DiagnosticAnalyzer
{
    // The attributes that .NET itself puts on everything that reads types by reflection.
    private static readonly ImmutableArray<string> ReflectionMarks =
    [
        "System.Diagnostics.CodeAnalysis.RequiresUnreferencedCodeAttribute",
        "System.Diagnostics.CodeAnalysis.RequiresDynamicCodeAttribute",
    ];

    private static readonly ImmutableArray<string> JsonNamespaces = ["System.Text.Json", "System.Net.Http.Json"];

    private static readonly ImmutableArray<string> DescriptorTypes =
    [
        "System.ComponentModel.TypeDescriptor",
        "System.ComponentModel.TypeConverter",
        "System.ComponentModel.TypeConverterAttribute",
        "System.ComponentModel.TypeDescriptionProvider",
    ];

    private static readonly ImmutableArray<string> PinningTypes =
    [
        "System.Threading.Timer",
        "System.Threading.ITimer",
        "System.Timers.Timer",
        "System.Threading.PeriodicTimer",
        "System.Threading.Thread",
        "System.Threading.Tasks.Task",
        "System.Threading.AsyncLocal`1",
        "System.Threading.ThreadLocal`1",
        "System.Threading.CancellationTokenRegistration",
        "System.IO.FileSystemWatcher",
        "System.Diagnostics.ActivityListener",
        "System.Diagnostics.Metrics.MeterListener",
    ];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.ReflectionJson, Rules.TypeDescriptor, Rules.PinningStatic];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        var descriptors = Types(context.Compilation, DescriptorTypes);
        var pins = Types(context.Compilation, PinningTypes);
        var marks = Types(context.Compilation, ReflectionMarks);
        context.RegisterOperationAction(
            operation => CheckCall(operation, marks, descriptors), OperationKind.Invocation, OperationKind.ObjectCreation);
        context.RegisterOperationAction(CheckEvent, OperationKind.EventAssignment);
        context.RegisterSymbolAction(symbol => CheckField(symbol, pins), SymbolKind.Field, SymbolKind.Property);
    }

    private static void CheckCall(OperationAnalysisContext context, ImmutableHashSet<ISymbol> marks, ImmutableHashSet<ISymbol> descriptors)
    {
        var method = context.Operation switch
        {
            IInvocationOperation invocation => invocation.TargetMethod,
            IObjectCreationOperation creation => creation.Constructor,
            _ => null,
        };
        if (method is null)
        {
            return;
        }

        var name = $"{method.ContainingType.Name}.{method.Name}";
        if (IsJson(method.ContainingNamespace) && (IsMarked(method.OriginalDefinition, marks) || IsMarked(method.ContainingType.OriginalDefinition, marks)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.ReflectionJson, context.Operation.Syntax.GetLocation(), name));
        }
        else if (Bases(method.ContainingType).Any(type => descriptors.Contains(type.OriginalDefinition)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.TypeDescriptor, context.Operation.Syntax.GetLocation(), name));
        }
    }

    // A static event of another assembly holds its handlers, and through them the plugin.
    private static void CheckEvent(OperationAnalysisContext context)
    {
        var assignment = (IEventAssignmentOperation)context.Operation;
        if (assignment is { Adds: true, EventReference: IEventReferenceOperation { Event: { IsStatic: true } subscribed } }
            && !SymbolEqualityComparer.Default.Equals(subscribed.ContainingAssembly, context.Compilation.Assembly))
        {
            Report(context.ReportDiagnostic, assignment.Syntax.GetLocation(), $"The handler of the static event '{subscribed.ContainingType.Name}.{subscribed.Name}'");
        }
    }

    private static void CheckField(SymbolAnalysisContext context, ImmutableHashSet<ISymbol> pins)
    {
        var type = context.Symbol switch
        {
            IFieldSymbol { IsImplicitlyDeclared: false, IsStatic: true, IsConst: false } field => field.Type,
            IPropertySymbol { IsStatic: true } property when IsStored(property) => property.Type,
            _ => null,
        };
        if (type is not null && Bases(type).Any(candidate => pins.Contains(candidate.OriginalDefinition)))
        {
            Report(context.ReportDiagnostic, context.Symbol.Locations[0], $"The static '{context.Symbol.Name}' of type '{type.Name}'");
        }
    }

    // Whether the compiler makes a field for it.
    private static bool IsStored(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>()
            .Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    private static void Report(Action<Diagnostic> report, Location location, string what) =>
        report(Diagnostic.Create(Rules.PinningStatic, location, what));

    private static bool IsJson(INamespaceSymbol? containing) =>
        containing?.ToDisplayString() is { } name && JsonNamespaces.Any(json => name == json || name.StartsWith(json + ".", StringComparison.Ordinal));

    private static bool IsMarked(ISymbol symbol, ImmutableHashSet<ISymbol> marks) =>
        symbol.GetAttributes().Any(attribute => attribute.AttributeClass is { } found && marks.Contains(found));

    private static ImmutableHashSet<ISymbol> Types(Compilation compilation, ImmutableArray<string> names) =>
        names.Select(compilation.GetTypeByMetadataName).OfType<ISymbol>().ToImmutableHashSet(SymbolEqualityComparer.Default);

    private static IEnumerable<ITypeSymbol> Bases(ITypeSymbol type)
    {
        for (var current = (ITypeSymbol?)type; current is not null; current = current.BaseType)
        {
            yield return current;
        }
    }
}
