using System.Globalization;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Datasets.Viewport.HeadTraces;

/// <summary>Settings that pick videos or users by number.</summary>
internal static class IdFilter
{
    /// <param name="known">Numbers to pick from.</param>
    /// <param name="settings">Settings of the query.</param>
    /// <param name="name"><c>videos</c> or <c>users</c>.</param>
    /// <param name="where">What the numbers belong to, for messages.</param>
    /// <returns>The picked numbers in the order of <paramref name="known"/>; all of them when nothing is picked.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/> for a number that is not known.</exception>
    public static IReadOnlyList<int> Apply(IReadOnlyList<int> known, SettingValues settings, string name, string where)
    {
        var picked = new HashSet<int>();
        foreach (var field in settings.Text(name).Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw new TelecomException(
                    ErrorCode.InvalidInput, $"Setting {name}={settings.Text(name)} is not valid: it must be a list of numbers, e.g. 4,8.");
            }

            picked.Add(known.Contains(number) ? number : throw Unknown(number, known, name, where));
        }

        return picked.Count == 0 ? known : [.. known.Where(picked.Contains)];
    }

    private static TelecomException Unknown(int number, IReadOnlyList<int> known, string name, string where) => new(
        ErrorCode.NotFound,
        string.Create(CultureInfo.InvariantCulture, $"Number {number} is not among the {name} of {where}: {string.Join(", ", known)}."));
}
