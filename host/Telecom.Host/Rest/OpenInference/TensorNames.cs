using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Finds tensors of a signature by name.</summary>
internal static class TensorNames
{
    /// <returns>The place of the tensor.</returns>
    /// <exception cref="InvalidInputException">There is no name, or no such tensor.</exception>
    public static int IndexOf(IReadOnlyList<TensorSpec> specs, string? name, string kind, string pointer)
    {
        if (name is null)
        {
            throw new InvalidInputException(pointer, $"must have a 'name', the name of an {kind}.");
        }

        for (var i = 0; i < specs.Count; i++)
        {
            if (specs[i].Name == name)
            {
                return i;
            }
        }

        throw new InvalidInputException(
            pointer + "/name", $"there is no {kind} '{name}'; the model has {string.Join(", ", specs.Select(spec => $"'{spec.Name}'"))}.");
    }
}
