/** AWS Systems Manager: Parameter Store, the machines that join by activations, and the sessions of ECS Exec. */
import type { ServiceDefinition } from '../../wire/service.ts'
import { SSM } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { SsmOperationTable } from './context.ts'
import { activationOperations } from './activation-operations.ts'
import { ssmModel } from './agent-model.ts'
import { sessionOperations } from './session-operations.ts'
import { ssmNumbers } from './numbers.ts'
import { addTagsToResource } from './operations/add-tags-to-resource.ts'
import { deleteParameter } from './operations/delete-parameter.ts'
import { deleteParameters } from './operations/delete-parameters.ts'
import { describeParameters } from './operations/describe-parameters.ts'
import { getParameterHistory } from './operations/get-parameter-history.ts'
import { getParameter } from './operations/get-parameter.ts'
import { getParametersByPath } from './operations/get-parameters-by-path.ts'
import { getParameters } from './operations/get-parameters.ts'
import { labelParameterVersion } from './operations/label-parameter-version.ts'
import { listTagsForResource } from './operations/list-tags-for-resource.ts'
import { putParameter } from './operations/put-parameter.ts'
import { removeTagsFromResource } from './operations/remove-tags-from-resource.ts'
import { unlabelParameterVersion } from './operations/unlabel-parameter-version.ts'

const operations: SsmOperationTable = {
  ...activationOperations,
  ...sessionOperations,
  AddTagsToResource: addTagsToResource,
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
  DescribeParameters: describeParameters,
  GetParameter: getParameter,
  GetParameterHistory: getParameterHistory,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  LabelParameterVersion: labelParameterVersion,
  ListTagsForResource: listTagsForResource,
  PutParameter: putParameter,
  RemoveTagsFromResource: removeTagsFromResource,
  UnlabelParameterVersion: unlabelParameterVersion,
}

export const ssmService = ({ store, guard, ids, pageTokens, sealer, sessions }: ServicesDeps): ServiceDefinition => ({
  ...SSM,
  model: ssmModel,
  faults: { invalidInput: 'ValidationException' },
  numbers: ssmNumbers,
  operations: new Set(Object.keys(operations)),
  /** Who joins has nothing to sign with yet. */
  unsigned: new Set(['RegisterManagedInstance']),
  call: performer({ store, service: 'ssm', table: operations, deps: { ids, pageTokens, sealer, sessions }, guard }),
})
