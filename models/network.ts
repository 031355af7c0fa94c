/** A dense layer: `weights[j]` are the weights of its neuron j. */
export interface Dense {
  weights: number[][];
  biases: number[];
}
