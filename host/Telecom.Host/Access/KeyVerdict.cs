namespace Telecom.Host.Access;

/// <summary>What became of a key that somebody showed.</summary>
internal enum KeyVerdict
{
    /// <summary>It counts.</summary>
    Good,

    /// <summary>Its id or its secret is nobody's.</summary>
    Unknown,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It was taken back.</summary>
    Revoked,
}
