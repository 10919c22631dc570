using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Telecom.Sdk.Analyzers;

/// <summary>TEL005: no number that TorchSharp turns into a scalar which nothing keeps alive during the native call.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScalarAnalyzer : DiagnosticAnalyzer
{
    private const string ScalarType = "TorchSharp.Scalar";
    private const string TensorType = "TorchSharp.torch+Tensor";

    // Methods of TorchSharp 0.107 that make such a number themselves: found by looking for calls of Scalar's conversions in its code. The parameter
    // is the one with which no number is hidden; where none is named, any of type Scalar.
    private static readonly ImmutableDictionary<string, string?> Hiding = new Dictionary<string, string?>
    {
        ["add"] = "alpha",
        ["add_"] = "alpha",
        ["addcdiv"] = "value",
        ["addcdiv_"] = "value",
        ["arange"] = "step",
        ["square"] = null,
        ["softplus"] = null,
        ["celu"] = null,
        ["celu_"] = null,
        ["elu"] = null,
        ["elu_"] = null,
        ["hardshrink"] = null,
        ["hardtanh"] = null,
        ["leaky_relu"] = null,
        ["softshrink"] = null,
        ["threshold"] = null,
        ["matrix_norm"] = null,
        ["vector_norm"] = null,
    }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<string, string> Helpers = new Dictionary<string, string>
    {
        ["add"] = "Plus",
        ["add_"] = "PlusInPlace",
        ["sub"] = "Minus",
        ["mul"] = "Times",
        ["mul_"] = "TimesInPlace",
        ["div"] = "Over",
        ["div_"] = "OverInPlace",
        ["addcmul_"] = "PlusProductInPlace",
        ["addcdiv_"] = "PlusQuotientInPlace",
        ["clamp_min"] = "AtLeast",
        ["lt"] = "IsBelow",
        ["gt"] = "IsAbove",
        ["ge"] = "IsAtLeast",
        ["clamp"] = "Within",
        ["full"] = "Full",
        ["fill_"] = "FillInPlace",
        ["square"] = "Squared",
        ["remainder"] = "Remainder",
        ["leaky_relu"] = "LeakyRelu",
        ["arange"] = "Range",
        ["op_Addition"] = "Plus",
        ["op_Subtraction"] = "Minus",
        ["op_Multiply"] = "Times",
        ["op_Division"] = "Over",
    }.ToImmutableDictionary();

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.TemporaryScalar];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        if (context.Compilation.GetTypeByMetadataName(ScalarType) is not { } scalar || context.Compilation.GetTypeByMetadataName(TensorType) is not { } tensor)
        {
            return;
        }

        context.RegisterOperationAction(operation => CheckCall(operation, scalar), OperationKind.Invocation);
        context.RegisterOperationAction(operation => CheckConversion(operation, scalar), OperationKind.Conversion);
        context.RegisterOperationAction(
            operation => CheckOperator(operation, ((IBinaryOperation)operation.Operation).OperatorMethod, tensor), OperationKind.Binary);
        context.RegisterOperationAction(
            operation => CheckOperator(operation, ((ICompoundAssignmentOperation)operation.Operation).OperatorMethod, tensor), OperationKind.CompoundAssignment);
    }

    private static void CheckCall(OperationAnalysisContext context, INamedTypeSymbol scalar)
    {
        var method = ((IInvocationOperation)context.Operation).TargetMethod;
        if (!SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, scalar.ContainingAssembly))
        {
            return;
        }

        if (method.Name == "ToScalar")
        {
            CheckPlace(context, "ToScalar");
        }
        else if (Hides(method))
        {
            Report(context, method.Name, method.Name);
        }
    }

    private static void CheckConversion(OperationAnalysisContext context, INamedTypeSymbol scalar)
    {
        var conversion = (IConversionOperation)context.Operation;
        if (SymbolEqualityComparer.Default.Equals(conversion.OperatorMethod?.ContainingType, scalar))
        {
            CheckPlace(context, conversion.Operand.Syntax.ToString());
        }
    }

    // What a field or a using declaration keeps is safe.
    private static void CheckPlace(OperationAnalysisContext context, string what)
    {
        var place = context.Operation.Parent;
        while (place is IConversionOperation)
        {
            place = place.Parent;
        }

        switch (place)
        {
            case IArgumentOperation { Parent: IInvocationOperation call }:
                // The call itself is reported where it hides a number too.
                if (!Hides(call.TargetMethod))
                {
                    Report(context, what, call.TargetMethod.Name);
                }

                break;
            case IBinaryOperation { OperatorMethod: { } method } when method.Name != WellKnownMemberNames.AdditionOperatorName:
                Report(context, what, method.Name);
                break;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } when !IsUsing(declarator):
                Report(context, what, string.Empty);
                break;
            default:
                break;
        }
    }

    private static void CheckOperator(OperationAnalysisContext context, IMethodSymbol? method, INamedTypeSymbol tensor)
    {
        if (method is not null && SymbolEqualityComparer.Default.Equals(method.ContainingType, tensor)
            && (method.Name == WellKnownMemberNames.AdditionOperatorName || method.Parameters.Any(parameter => parameter.Type.SpecialType != SpecialType.None)))
        {
            Report(context, context.Operation.Syntax.ToString(), method.Name);
        }
    }

    private static bool Hides(IMethodSymbol method) => Hiding.TryGetValue(method.Name, out var shown)
        && !method.Parameters.Any(parameter => shown is null ? parameter.Type.Name == "Scalar" : parameter.Name == shown);

    private static bool IsUsing(IVariableDeclaratorOperation declarator)
    {
        for (var parent = declarator.Parent; parent is not null; parent = parent.Parent)
        {
            switch (parent)
            {
                case IUsingDeclarationOperation or IUsingOperation:
                    return true;
                case IBlockOperation:
                    return false;
                default:
                    break;
            }
        }

        return false;
    }

    private static void Report(OperationAnalysisContext context, string what, string method) => context.ReportDiagnostic(Diagnostic.Create(
        Rules.TemporaryScalar,
        context.Operation.Syntax.GetLocation(),
        what,
        Helpers.TryGetValue(method, out var helper)
            ? $"'KeptScalars.{helper}' of Telecom.Sdk.Tensors"
            : "'KeptScalars' of Telecom.Sdk.Tensors, or keep the number in 'using Scalar'"));
}
