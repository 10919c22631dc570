namespace Telecom.Modeling.Bases;

/// <summary>Architectures that can be a base, by the <c>model_type</c> of their configuration.</summary>
public enum BaseFamily
{
    /// <summary>RMSNorm, rotary positions, grouped queries, SwiGLU; biases where the configuration says so.</summary>
    Llama,

    /// <summary>Llama with biases on queries, keys and values.</summary>
    Qwen2,

    /// <summary>Llama whose queries may see a window of keys only.</summary>
    Mistral,

    /// <summary>LayerNorm, learned positions, fused attention projection, tanh-approximated GELU; biases everywhere.</summary>
    Gpt2,
}
