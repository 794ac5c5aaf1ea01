namespace Settings.Connect;

/// <summary>How far a step of the checklist is.</summary>
public enum StepState
{
    /// <summary>Its turn has not come.</summary>
    Later,

    /// <summary>It is to be done now.</summary>
    Now,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>It was tried and went wrong.</summary>
    Bad,

    /// <summary>It is not needed for provisioning.</summary>
    Unneeded,
}
