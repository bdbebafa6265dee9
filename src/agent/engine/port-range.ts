/** Ranges of ports as ECS writes them: `8080-8090`, or one port alone. */

export const portsOf = (range: string): readonly number[] => {
  const [first = 0, last = first] = range.split('-').map(Number)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}
