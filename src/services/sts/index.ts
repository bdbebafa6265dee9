/** AWS Security Token Service: who am I. Temporary credentials come with roles. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import type { ServicesDeps } from '../deps.ts'
import { type OperationTable, performer } from '../operations.ts'
import { getCallerIdentity } from './operations/get-caller-identity.ts'

const operations: OperationTable<object> = { GetCallerIdentity: getCallerIdentity }

export const stsService = ({ store, guard }: ServicesDeps): ServiceDefinition => ({
  name: 'sts',
  model: () => sdkModel('@aws-sdk/client-sts'),
  query: { version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  protocols: ['query'],
  faults: { invalidInput: 'ValidationError' },
  numbers: {},
  operations: new Set(Object.keys(operations)),
  call: performer({ store, service: 'sts', table: operations, deps: {}, guard }),
})
