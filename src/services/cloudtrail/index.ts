/** AWS CloudTrail: what was called, by whom, and with which outcome. The trail itself is written by the wire. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { CLOUDTRAIL } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { CloudTrailOperationTable } from './context.ts'
import { lookupEvents } from './operations/lookup-events.ts'

const operations: CloudTrailOperationTable = { LookupEvents: lookupEvents }

export const cloudTrailService = ({ store, guard, pageTokens, audit }: ServicesDeps): ServiceDefinition => ({
  ...CLOUDTRAIL,
  model: () => sdkModel('@aws-sdk/client-cloudtrail'),
  faults: { invalidInput: 'InvalidParameterException' },
  numbers: {},
  operations: new Set(Object.keys(operations)),
  call: performer({ store, service: 'cloudtrail', table: operations, deps: { pageTokens, audit }, guard }),
})
