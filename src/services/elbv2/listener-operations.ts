/** The operations on listeners, rules, certificates of listeners, trust stores and security policies. */
import type { Elbv2OperationTable } from './context.ts'

export const listenerOperations: Elbv2OperationTable = {}
