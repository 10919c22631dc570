using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Telecom.Host.Commands;

/// <summary>The usual help, followed by the details of a <see cref="VerbCommand"/>.</summary>
internal sealed class VerbHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <summary>Takes the place of the help action of <paramref name="root"/>, hence of all its verbs.</summary>
    public static void Use(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = option.Action is HelpAction usual ? new VerbHelp(usual) : option.Action;
        }
    }

    public override bool ClearsParseErrors => usual.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is VerbCommand verb)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(verb.Details);
        }

        return exitCode;
    }
}
