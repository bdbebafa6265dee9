/** What is done in the registry, and refused there, in the audit trail. */
import type { IncomingMessage } from 'node:http'
import type { RegistryErrorCode, RegistryFault } from '../registry/registry-fault.ts'
import type { TrailEvent } from '../registry/trail.ts'
import { Fault } from '../wire/fault.ts'
import type { Caller } from '../wire/sigv4.ts'
import { leaveTrace, type TraceTools } from './trace.ts'

/** As the API of ECR calls what the registry refuses. */
const CODES: Readonly<Partial<Record<RegistryErrorCode, string>>> = {
  BLOB_UNKNOWN: 'LayersNotFoundException',
  BLOB_UPLOAD_UNKNOWN: 'UploadNotFoundException',
  DENIED: 'AccessDeniedException',
  DIGEST_INVALID: 'InvalidLayerException',
  MANIFEST_BLOB_UNKNOWN: 'LayersNotFoundException',
  MANIFEST_UNKNOWN: 'ImageNotFoundException',
  NAME_UNKNOWN: 'RepositoryNotFoundException',
  RANGE_INVALID: 'InvalidLayerPartException',
  TAG_INVALID: 'ImageTagAlreadyExistsException',
  TOOMANYREQUESTS: 'LimitExceededException',
  UNKNOWN: 'ServerException',
}

export const leaveRegistryTrace = (
  tools: TraceTools,
  request: IncomingMessage,
  caller: Caller,
  registryId: string,
  { name, parameters }: TrailEvent,
  error: RegistryFault | undefined,
): void =>
  leaveTrace(tools, {
    request,
    service: 'ecr',
    name,
    parameters: { registryId, ...parameters },
    caller,
    ...(error && { error: faultOf(error) }),
  })

const faultOf = ({ code, message, status }: RegistryFault): Fault =>
  new Fault({
    code: CODES[code] ?? 'InvalidParameterException',
    message,
    side: status >= 500 ? 'server' : 'client',
    status,
  })
