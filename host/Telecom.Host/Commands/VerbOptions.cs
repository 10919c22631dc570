using System.CommandLine;
using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary>Options that several verbs share; each verb makes its own instances.</summary>
internal static class VerbOptions
{
    private const string Json = "json";

    public static Option<string> Output()
    {
        var option = new Option<string>("--output")
        {
            Description = "table or json; JSON is the only thing on standard output then.",
            HelpName = "table|json",
            Recursive = true,
            DefaultValueFactory = _ => "table",
        };
        option.AcceptOnlyFromAmong("table", Json);
        return option;
    }

    /// <returns>Whether the result is wanted as JSON.</returns>
    public static bool IsJson(this ParseResult parse, Option<string> output) => parse.GetValue(output) == Json;

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Setting name=value; may be repeated, and several pairs may follow one --set.",
        HelpName = "name=value",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<int> Seed() => new("--seed")
    {
        Description = "Seed of everything random.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    /// <returns>An option with a decimal point, whatever the language of the machine: a library that reads it would take a comma there.</returns>
    public static Option<double> Number(string name, string description, string helpName, double standard) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                result.AddError($"'{text}' of {name} is not a number such as 0.5.");
            }

            return value;
        },
    };

    public static Option<string?> Data() => new("--data")
    {
        Description = "Data folder or dataset id; without it the task's generated sample dataset.",
        HelpName = "PATH|DATASET",
    };

    public static Option<string[]> Bundle() => new("--bundle")
    {
        Description = "Bundle folder that serves instead of the shipped one; its card names the method. May be repeated.",
        HelpName = "DIR",
    };

    public static Option<string> Input() => new("--input")
    {
        Description = "JSON file, or - for standard input.",
        HelpName = "FILE|-",
        Required = true,
    };

    public static Argument<string> Task() => new("task") { Description = "Task id, as 'telecom tasks' lists it.", HelpName = "TASK" };

    /// <returns>Names and values of <c>--set</c>; of equal names the last one counts.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: a word is no pair.</exception>
    public static IReadOnlyDictionary<string, string> Pairs(this ParseResult parse, Option<string[]> option)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in parse.GetValue(option) ?? [])
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new TelecomException(ErrorCode.InvalidInput, $"--set {word} is not of the form name=value.");
            }

            settings[word[..equals]] = word[(equals + 1)..];
        }

        return settings;
    }
}
