/** What the configuration depends on beside the routing table: the machine it is for. All of it is data, so that rendering stays pure. */

export interface HostSettings {
  /** HAProxy's, e.g. 2.6 or 3.0. */
  readonly version: { readonly major: number; readonly minor: number }
  /** Absolute; the files of a rendered configuration are written below it, and its text names them there. */
  readonly directory: string
  /** Of the master-worker's runtime API, absolute. */
  readonly runtimeSocketPath: string
  /** Absolute; states of servers are loaded from it at each start. */
  readonly serverStatePath: string
  /** Where access logs go, as HAProxy's `log` takes it: `ring@…`, `fd@…`, `127.0.0.1:514`, an absolute path of a datagram socket. */
  readonly logTarget?: string
  /** Connections of clients at once. */
  readonly maximumConnections: number
  /** Threads of a worker; HAProxy's own choice when absent. */
  readonly threads?: number
  /** The zone this machine is in, for groups that keep to a zone. */
  readonly availabilityZone?: string
  /** Where load balancers are reached by name on one address, e.g. 127.0.0.1. */
  readonly sharedAddress?: string
  /** Whether that address and port can be bound here. */
  readonly isBindable: (address: string, port: number) => boolean
  /** Unguessable and the same on every balancer: stickiness cookies are hashed with it. */
  readonly cookieKey: string
  /** By JWKS endpoint, for `jwt-validation`. A missing endpoint: its keys are not known, requests are answered 500. */
  readonly jsonWebKeys: ReadonlyMap<string, readonly VerificationKey[]>
  /** Of what logs users in, absolute; without it, rules that authenticate users answer 503. */
  readonly authenticatorSocket?: string
  /** Names of sockets in the abstract namespace are made of it, so that several balancers can stand on one machine. */
  readonly socketPrefix: string
  /** For target groups that preserve them. */
  readonly clientAddresses?: ClientAddressSettings
}

/** What this machine can do so that targets see the addresses of clients. */
export interface ClientAddressSettings {
  /** Why it cannot do it. */
  readonly problem?: string
  /** One of its own that is not the loopback interface's. */
  readonly ownAddress?: string
}

/** A public key of a JSON web key set. */
export interface VerificationKey {
  readonly keyId?: string
  /** PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string
  readonly type: 'RSA' | 'EC'
}

export interface RenderedConfiguration {
  /** All of it: what a start reads. */
  readonly text: string
  /** What needs a reload when it changes: without servers, which come and go through the runtime API. */
  readonly textWithoutServers: string
  /** By path below `HostSettings.directory`: certificates, maps, pages. What changes there needs a reload, too. */
  readonly files: ReadonlyMap<string, string>
  /** By backend name. Each target group has two: that with health checks, and that which takes over when too few are healthy. */
  readonly backends: ReadonlyMap<string, RenderedBackend>
  /** By name as logs give it. */
  readonly rules: ReadonlyMap<string, RenderedRule>
  /** What is not served here, by the load balancer's ARN, and why. */
  readonly problems: ReadonlyMap<string, string>
}

export interface RenderedBackend {
  readonly name: string
  readonly targetGroupArn: string
  /** Whether its servers are checked: what it knows is the truth about the targets' health. */
  readonly isChecked: boolean
  /** Whether `enable dynamic-cookie backend <name>` has to follow `add server`: HAProxy makes a server's cookie only then. */
  readonly hasServerCookies: boolean
  /** Whether targets of other zones are among its servers. */
  readonly isCrossZone: boolean
  /** Whether connections of a target that is found unhealthy are ended. HAProxy could, but would end those of one that drains, too. */
  readonly endsUnhealthy: boolean
  readonly servers: readonly RenderedServer[]
}

/** `add server <backend>/<name> <address> <parameters>`; then `enable health` if its backend is checked, and `enable server`. */
export interface RenderedServer {
  readonly name: string
  /** `targetKey()`. */
  readonly target: string
  /** Address and port. */
  readonly address: string
  readonly parameters: string
  /** It stays in maintenance: no new requests, not even of clients that stick to it; those under way go on. */
  readonly isDraining: boolean
}

export interface RenderedRule {
  readonly loadBalancerArn: string
  readonly listenerArn: string
  readonly ruleArn: string
  readonly priority: number | 'default'
  /** The types of its actions, in their order. */
  readonly actions: readonly string[]
}
