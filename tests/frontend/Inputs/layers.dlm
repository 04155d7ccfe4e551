const scale = 3
fn scaled(x) { return x * scale }
