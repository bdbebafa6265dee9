/** What CloudTrail's operations work with, besides the call and its transaction. */
import type { ServicesDeps } from '../deps.ts'
import type { OperationTable } from '../operations.ts'

export type CloudTrailDeps = Pick<ServicesDeps, 'pageTokens' | 'audit'>
export type CloudTrailOperationTable = OperationTable<CloudTrailDeps>
