using Microsoft.CodeAnalysis;

namespace Telecom.Sdk.Analyzers;

/// <summary>What the analyzers report.</summary>
internal static class Rules
{
    private const string Tensors = "Telecom.Tensors";
    private const string Unloading = "Telecom.Unloading";

    public static readonly DiagnosticDescriptor AwaitInScope = new(
        "TEL001",
        "Await or yield inside a scope of TorchSharp",
        "'{0}' leaves the thread on which '{1}' was opened: close the scope before, and open a new one after",
        Tensors,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        "Dispose scopes and gradient mode are kept per thread. After an await the code may go on elsewhere: tensors then escape their scope, and gradients are recorded or not by chance.");

    public static readonly DiagnosticDescriptor ReflectionJson = new(
        "TEL002",
        "JSON by reflection",
        "'{0}' reads types by reflection and caches them for the process: pass a JsonTypeInfo of a source-generated JsonSerializerContext",
        Unloading,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The caches of System.Text.Json outlive the plugin and keep its load context alive, even with options of its own.");

    public static readonly DiagnosticDescriptor TypeDescriptor = new(
        "TEL003",
        "TypeDescriptor or TypeConverter",
        "'{0}' caches types for the process and keeps the plugin loaded: convert values by code, and let the host bind settings",
        Unloading,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "System.ComponentModel keeps providers of types in static tables, which keep the load context of the plugin alive.");

    public static readonly DiagnosticDescriptor PinningStatic = new(
        "TEL004",
        "Static state that keeps a plugin loaded",
        "{0} keeps the plugin loaded after its removal: keep it in an instance that is disposed with the plugin",
        Unloading,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Timers, threads, async-local values and events of other assemblies are reachable from outside of the load context, and so is the plugin from them.");

    public static readonly DiagnosticDescriptor TemporaryScalar = new(
        "TEL005",
        "Number that may be freed during a native call",
        "'{0}' makes a temporary number that the garbage collector may free while native code reads it: use {1}",
        Tensors,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "TorchSharp turns numbers into Scalar objects with finalizers and lets go of them before native code has read them. A collection at that moment makes the call fail or compute with another number.");
}
