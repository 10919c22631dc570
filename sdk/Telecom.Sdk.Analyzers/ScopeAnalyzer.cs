using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Telecom.Sdk.Analyzers;

/// <summary>TEL001: no await and no yield between opening and closing a dispose scope or gradient mode.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScopeAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableHashSet<string> Openers = ["NewDisposeScope", "no_grad", "enable_grad", "set_grad_enabled", "inference_mode"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.AwaitInScope];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(
            Check,
            SyntaxKind.AwaitExpression,
            SyntaxKind.YieldReturnStatement,
            SyntaxKind.ForEachStatement,
            SyntaxKind.UsingStatement,
            SyntaxKind.LocalDeclarationStatement);
    }

    private static void Check(SyntaxNodeAnalysisContext context)
    {
        if (Suspension(context.Node) is { } keyword && Scope(context.Node, context.SemanticModel, context.CancellationToken) is { } opener)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.AwaitInScope, keyword.GetLocation(), keyword.Text, opener));
        }
    }

    // The word that suspends the method; default of nodes that do not.
    private static SyntaxToken? Suspension(SyntaxNode node)
    {
        var keyword = node switch
        {
            AwaitExpressionSyntax wait => wait.AwaitKeyword,
            YieldStatementSyntax yields => yields.YieldKeyword,
            ForEachStatementSyntax loop => loop.AwaitKeyword,
            UsingStatementSyntax use => use.AwaitKeyword,
            LocalDeclarationStatementSyntax local => local.AwaitKeyword,
            _ => default,
        };
        return keyword.IsKind(SyntaxKind.None) ? null : keyword;
    }

    // Climbs to the enclosing function: whatever was opened on the way, by a using statement around or a using declaration before, is still open.
    private static string? Scope(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        for (var child = node; child.Parent is { } parent; child = parent)
        {
            if (child is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax)
            {
                return null;
            }

            if (Opened(child, parent, model, cancellationToken) is { } opener)
            {
                return opener;
            }
        }

        return null;
    }

    private static string? Opened(SyntaxNode child, SyntaxNode parent, SemanticModel model, CancellationToken cancellationToken)
    {
        if (parent is UsingStatementSyntax use && use.Statement == child)
        {
            var expressions = use.Expression is { } expression ? [expression] : Initializers(use.Declaration);
            return expressions.Select(Name).FirstOrDefault(name => name is not null);
        }

        var statements = parent switch
        {
            BlockSyntax block => block.Statements,
            SwitchSectionSyntax section => section.Statements,
            // Statements of a program without a class each have a parent of their own.
            GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } =>
                [.. unit.Members.OfType<GlobalStatementSyntax>().Select(member => member.Statement)],
            _ => default(SyntaxList<StatementSyntax>),
        };
        return statements
            .TakeWhile(statement => statement != child)
            .OfType<LocalDeclarationStatementSyntax>()
            .Where(local => local.UsingKeyword.IsKind(SyntaxKind.UsingKeyword))
            .SelectMany(local => Initializers(local.Declaration))
            .Select(Name)
            .FirstOrDefault(name => name is not null);

        string? Name(ExpressionSyntax expression) => OpenerOf(expression, model, cancellationToken);
    }

    private static IEnumerable<ExpressionSyntax> Initializers(VariableDeclarationSyntax? declaration) =>
        declaration?.Variables.Select(variable => variable.Initializer?.Value).OfType<ExpressionSyntax>() ?? [];

    private static string? OpenerOf(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(expression, cancellationToken).Symbol is IMethodSymbol method
        && Openers.Contains(method.Name)
        && method.ContainingAssembly.Name == "TorchSharp"
            ? method.Name
            : null;
}
