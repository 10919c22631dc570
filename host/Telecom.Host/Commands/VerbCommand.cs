using System.CommandLine;

namespace Telecom.Host.Commands;

/// <summary>A verb whose own help says more than the line that lists it.</summary>
/// <param name="name">Verb.</param>
/// <param name="description">One line.</param>
/// <param name="details">Shapes and examples, shown by the verb's <c>--help</c>.</param>
internal sealed class VerbCommand(string name, string description, string details) : Command(name, description)
{
    /// <summary>Shapes and examples.</summary>
    public string Details => details;
}
