/** What EC2's operations work with, besides the call and its transaction. */
import type { ServicesDeps } from '../deps.ts'
import type { Operation, OperationContext, OperationTable } from '../operations.ts'

export type Ec2Deps = Pick<ServicesDeps, 'ids' | 'pageTokens'>
export type Ec2Context = OperationContext<Ec2Deps>
export type Ec2Operation<Input, Output extends object = object> = Operation<Ec2Deps, Input, Output>
export type Ec2OperationTable = OperationTable<Ec2Deps>
