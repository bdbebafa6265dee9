/**
 * Lays one JSON object over another as the ECS agent does with a payload's `dockerConfig`: objects are merged member by member,
 * everything else is replaced. Null says nothing.
 */

export type JsonObject = Readonly<Record<string, unknown>>

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const overlay = (below: JsonObject, above: JsonObject): JsonObject => {
  const merged: Record<string, unknown> = { ...below }
  for (const [name, value] of Object.entries(above)) {
    if (value === null) continue
    const under = merged[name]
    merged[name] = isJsonObject(under) && isJsonObject(value) ? overlay(under, value) : value
  }
  return merged
}
