/** Which answers to a health check mean that a target is healthy: codes and ranges of codes, e.g. `200,300-399`. */
import type { Matcher } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { TargetGroupRecord } from '../../model/load-balancing/records.ts'
import { invalidConfigurationRequest, validationError } from './faults.ts'

type Kind = Pick<TargetGroupRecord, 'protocol' | 'protocolVersion'>

const GRPC_CODES = { min: 0, max: 99 } as const
const HTTP_CODES = { min: 200, max: 499 } as const
const NETWORK_HTTP_CODES = { min: 200, max: 599 } as const

const isApplication = ({ protocol }: Kind): boolean => protocol === 'HTTP' || protocol === 'HTTPS'

export const defaultMatcher = (kind: Kind): Matcher => {
  if (kind.protocolVersion === 'GRPC') return { GrpcCode: '12' }
  return { HttpCode: isApplication(kind) ? '200' : '200-399' }
}

export const checkMatcher = (kind: Kind, { HttpCode, GrpcCode }: Matcher): void => {
  const isGrpc = kind.protocolVersion === 'GRPC'
  const codes = isGrpc ? GrpcCode : HttpCode
  if ((isGrpc ? HttpCode : GrpcCode) !== undefined || codes === undefined)
    throw invalidConfigurationRequest(
      `The matcher of target groups with protocol version '${kind.protocolVersion ?? kind.protocol}' must be ${isGrpc ? 'a gRPC code' : 'an HTTP code'}`,
    )
  const range = isGrpc ? GRPC_CODES : isApplication(kind) ? HTTP_CODES : NETWORK_HTTP_CODES
  if (!codes.split(',').every((part) => isCodes(part, range)))
    throw validationError(
      `Health check matcher '${codes}' must be values or ranges of values between ${range.min} and ${range.max}`,
    )
}

const isCodes = (part: string, { min, max }: { readonly min: number; readonly max: number }): boolean => {
  const [, first, last = first] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part) ?? []
  return first !== undefined && min <= Number(first) && Number(first) <= Number(last) && Number(last) <= max
}
