// Measures the service beside the floor, in one run on one machine. bench/run.sh prepares what this needs and calls it:
//
//   Bench fill POSTGRES-CONNECTION-STRING REDIS FOLDER
//   Bench run  POSTGRES-CONNECTION-STRING REDIS FOLDER [PART…]
//
// See docs/performance.md for what the parts are and what the table says.

using Bench;

return args switch
{
    ["fill", var postgres, var redis, var folder] => await new Suite(postgres, redis, folder, []).FillAsync(),
    ["run", var postgres, var redis, var folder, .. var parts] => await new Suite(postgres, redis, folder, parts).RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Bench fill|run POSTGRES-CONNECTION-STRING REDIS FOLDER [PART…]; bench/run.sh calls it.");
    return 2;
}
