using Grpc.Core;

namespace Standalone.InProcess;

/// <summary>
/// The server's methods, collected once from the generated code as delegates over the service's type: each call makes
/// its own service in its own scope.
/// </summary>
internal sealed class InProcessMethods
{
    private readonly Dictionary<string, object> _methods = [];

    /// <summary>Collects a service's methods by its generated binder.</summary>
    public void Add<TService>(Action<ServiceBinderBase> bind)
        where TService : class => bind(new Binder<TService>(_methods));

    /// <summary>A unary method on a fresh service.</summary>
    public UnaryServerMethod<TRequest, TResponse> Unary<TRequest, TResponse>(string method, IServiceProvider scope)
        where TRequest : class
        where TResponse : class => Find<UnaryServerMethod<TRequest, TResponse>>(method)(scope);

    /// <summary>A server-streaming method on a fresh service.</summary>
    public ServerStreamingServerMethod<TRequest, TResponse> Streaming<TRequest, TResponse>(string method, IServiceProvider scope)
        where TRequest : class
        where TResponse : class => Find<ServerStreamingServerMethod<TRequest, TResponse>>(method)(scope);

    private Func<IServiceProvider, T> Find<T>(string method) =>
        _methods.TryGetValue(method, out var found)
            ? (Func<IServiceProvider, T>)found
            : throw new RpcException(new(StatusCode.Unimplemented, $"There is no rpc {method} here."));

    private sealed class Binder<TService>(Dictionary<string, object> methods) : ServiceBinderBase
        where TService : class
    {
        private static readonly ObjectFactory<TService> New = ActivatorUtilities.CreateFactory<TService>([]);

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method,
            UnaryServerMethod<TRequest, TResponse>? handler)
        {
            var open = Open<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method.Name, typeof(TRequest),
                typeof(ServerCallContext));
            methods[method.FullName] = (Func<IServiceProvider, UnaryServerMethod<TRequest, TResponse>>)(scope =>
            {
                var service = New(scope, []);
                return (request, context) => open(service, request, context);
            });
        }

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method,
            ServerStreamingServerMethod<TRequest, TResponse>? handler)
        {
            var open = Open<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
                method.Name, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
            methods[method.FullName] = (Func<IServiceProvider, ServerStreamingServerMethod<TRequest, TResponse>>)(scope =>
            {
                var service = New(scope, []);
                return (request, stream, context) => open(service, request, stream, context);
            });
        }

        private static T Open<T>(string name, params Type[] parameters)
            where T : Delegate => typeof(TService).GetMethod(name, parameters)!.CreateDelegate<T>();
    }
}
