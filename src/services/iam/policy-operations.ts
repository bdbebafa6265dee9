/** The operations on managed and inline policies, what they are attached to, and simulations of what they allow. */
import type { IamOperationTable } from './context.ts'

export const policyOperations: IamOperationTable = {}
