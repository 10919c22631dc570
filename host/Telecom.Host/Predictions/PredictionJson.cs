using System.Globalization;
using System.Text.Json;
using Telecom.Jobs.Storage;
using Telecom.Runtime.Serving;

namespace Telecom.Host.Predictions;

/// <summary>Writes predictions; what the task said is passed through as it is.</summary>
internal static class PredictionJson
{
    /// <summary>Writes the envelope of an answer.</summary>
    public static void Write(Utf8JsonWriter writer, PredictionAnswer answer)
    {
        writer.WriteStartObject();
        WriteOrigin(writer, answer.Id, answer.Task, answer.Method, answer.Bundle, answer.Base, answer.Adapter, answer.CreatedAt, answer.ElapsedMs);
        WriteRaw(writer, "output", answer.Output);
        writer.WriteString("fallback", answer.Fallback);
        if (answer.Session is { } session)
        {
            writer.WriteString("session", session);
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes answers in the form of their requests: one object, or an array.</summary>
    public static void Write(Utf8JsonWriter writer, PredictionAnswer[] answers, bool asArray)
    {
        if (!asArray)
        {
            Write(writer, answers[0]);
            return;
        }

        writer.WriteStartArray();
        foreach (var answer in answers)
        {
            Write(writer, answer);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes the envelope of a stored prediction, with its job and its request.</summary>
    public static void Write(Utf8JsonWriter writer, StoredPrediction stored)
    {
        writer.WriteStartObject();
        WriteOrigin(writer, stored.Id, stored.Task, stored.Method, stored.Bundle, stored.Base, stored.Adapter, stored.CreatedAt, stored.ElapsedMs);
        WriteRaw(writer, "output", stored.Output);
        writer.WriteString("fallback", stored.Fallback);
        writer.WriteString("jobId", stored.JobId?.ToString("D"));
        WriteRaw(writer, "request", stored.Request);
        writer.WriteEndObject();
    }

    /// <summary>Writes one page of stored predictions.</summary>
    public static void Write(Utf8JsonWriter writer, PredictionPage page)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items");
        foreach (var item in page.Items)
        {
            Write(writer, item);
        }

        writer.WriteEndArray();
        writer.WriteString("nextCursor", page.NextCursor);
        writer.WriteEndObject();
    }

    private static void WriteOrigin(
        Utf8JsonWriter writer,
        Guid id,
        string task,
        string method,
        string? bundle,
        string? baseName,
        string? adapter,
        DateTimeOffset createdAt,
        double elapsedMs)
    {
        writer.WriteString("id", id);
        writer.WriteString("task", task);
        writer.WriteString("method", method);
        writer.WriteString("bundle", bundle);
        writer.WriteString("base", baseName);
        writer.WriteString("adapter", adapter);

        // The store keeps microseconds, and an answer says the same as its stored copy.
        writer.WriteString("createdAt", createdAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        writer.WriteNumber("elapsedMs", Math.Round(elapsedMs, 3));
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, ReadOnlyMemory<byte> json)
    {
        writer.WritePropertyName(name);

        // Requests passed a codec and outputs came from one: both are valid JSON.
        writer.WriteRawValue(json.Span, skipInputValidation: true);
    }
}
