/** What the gateway knows of an AWS service: its schemas, how clients address it, and a function that performs an operation. */

import type { Principal } from '../model/principal.ts'
import type { FaultDetails } from './fault.ts'
import type { NumberKinds } from './schema.ts'

/** Who calls, in which region, as the gateway found out. */
export interface CallContext {
  readonly requestId: string
  readonly account: string
  readonly region: string
  /** Milliseconds since the epoch at which the request arrived. */
  readonly now: number
  /** The identity behind the signature, `anonymous` if none is needed; in `--dev` mode the root user where the key is nobody's. */
  readonly principal: Principal
  readonly sourceIp: string
  readonly userAgent: string
  /** Which the client gives its call, the same at every try of it; absent if it gives none. */
  readonly invocationId?: string
  /** The request came by TLS. */
  readonly isSecureTransport?: boolean
  /** Host and port that the client has for this server. */
  readonly host?: string
}

export type ProtocolName = 'json-1.0' | 'json-1.1' | 'query' | 'ec2-query'

/** How clients address a service: all that has to be known of it before its first call. */
export interface ServiceAddress {
  /** Name in SigV4 scopes and in logs, e.g. `ecs`. */
  readonly name: string
  /** Prefix of `X-Amz-Target` for the JSON protocols, e.g. `AmazonEC2ContainerServiceV20141113`. */
  readonly targetPrefix?: string
  /** API version and namespace for the Query protocol and EC2's, e.g. `2011-06-15` and `https://sts.amazonaws.com/doc/2011-06-15/`. */
  readonly query?: { readonly version: string; readonly xmlNamespace: string }
  readonly protocols: readonly ProtocolName[]
  /** Bytes that the body of a request to it may have, if more than usual. */
  readonly bodyBytes?: number
}

/** A service that is loaded at its first call: what nobody calls takes no memory. */
export interface LazyService extends ServiceAddress {
  readonly load: () => Promise<ServiceDefinition>
}

export interface ServiceDefinition extends ServiceAddress {
  /** Loads what the `@aws-sdk/client-*` module exports: its `<Operation>$` and `<Exception>$` are the model. Asked for at the first call. */
  readonly model: () => Readonly<Record<string, unknown>>
  /** Code and message of faults that the service's model leaves to the wire. */
  readonly faults: {
    /** For input that does not fit the schema, e.g. `InvalidParameterException`. */
    readonly invalidInput: string
    /** The service's own words, if it has some, for a required member that is absent, e.g. at `overrides.containerOverrides[0].name`. */
    readonly missingMember?: (operation: string, path: string) => FaultDetails | undefined
    /** Codes of its faults beyond those that it models: EC2's model has none. */
    readonly codes?: ReadonlySet<string>
  }
  /**
   * Which numbers of the model are not 32-bit integers, which the SDK's schemas do not say. If given, fractions of integers are cut
   * off and values out of range are refused, as AWS does; without it any safe number passes.
   */
  readonly numbers?: NumberKinds
  /** Names of the operations that have a handler. */
  readonly operations: ReadonlySet<string>
  /** Names of those that prove their caller by what they carry: they need no signature, and one that they have is not looked at. */
  readonly unsigned?: ReadonlySet<string>
  /** Names of the operations that leave no trace in the audit trail. */
  readonly untraced?: ReadonlySet<string>
  /** Performs the operation; resolves when the answer may leave the process. Throws `Fault`. */
  readonly call: (operation: string, input: object, context: CallContext) => Promise<object>
}
